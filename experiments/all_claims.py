"""All tested claims: run, and written as a page of the documentation.

In: nothing, or ``--quick``. Out: ``docs/claims.md`` with its pictures in ``docs/img``, or, with ``--out``, in another folder. Some ten
minutes at full size. To add a claim: a file beside this one (see ``claim``), and its name in `CLAIMS`.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from claim import FOLDER, Answer

CLAIMS = (
    "break_even_ratio",
    "five_points_more",
    "recommended_or_bought",
    "referred_stay_longer",
    "hubs_or_random",
    "does_nps_predict",
    "four_programmes",
    "light_and_heavy",
    "head_start",
    "four_pitfalls",
)
DOCS = FOLDER.parent / "docs"
INTRODUCTION = (
    "# Claims, tested\n\n"
    "Sentences that everybody in the trade has heard, each turned into a question, a run and a picture. What is assumed is no finding: "
    "every answer says which number it depends on. Intervals hold 95 %; they speak of luck in this market, not of other markets. With "
    "other numbers the answer is another, and the experiments are there to try one's own.\n\n"
    "This page is written by `python experiments/all_claims.py`. Each claim is a scenario and a file of the same name in "
    "`experiments/`, and runs alone, too: `python experiments/break_even_ratio.py`."
)


def section(name: str, answer: Answer, pictures: str) -> str:
    """A claim as a part of the page."""
    return "\n\n".join(
        (
            f"## {answer.question}",
            f"![{answer.alt}]({pictures}/{answer.picture.name})",
            answer.answer,
            f"**It depends on** {answer.depends_on}",
            f"**Limits.** {answer.limits}",
            f"Experiment: `experiments/{name}.py`",
        )
    )


def parts_of(page: str) -> dict[str, str]:
    """The parts of a page by the name of their experiment: what ``--only`` leaves as it is."""
    parts = (f"## {part.strip()}" for part in page.split("\n## ")[1:])
    return {part.rsplit("experiments/", 1)[1].removesuffix(".py`"): part for part in parts}


def main(arguments: list[str] | None = None) -> str:
    """Run all, write the page, return it."""
    parser = argparse.ArgumentParser(description="All tested claims, as a page.")
    parser.add_argument("--quick", action="store_true", help="few replications, to see that it runs")
    parser.add_argument("--only", nargs="*", default=CLAIMS, help="names of claims; the others' parts stay")
    parser.add_argument("--out", type=Path, default=DOCS)
    chosen = parser.parse_args(arguments)
    place = chosen.out / "claims.md"
    parts = parts_of(place.read_text(encoding="utf-8") if place.is_file() else "")
    for name in chosen.only:
        options = ["--out", str(chosen.out / "img"), *(["--quick"] if chosen.quick else [])]
        answer = importlib.import_module(name).main(options)
        print(answer, end="\n\n\n")
        parts[name] = section(name, answer, "img")
    page = "\n\n".join([INTRODUCTION, *(parts[name] for name in CLAIMS if name in parts)]) + "\n"
    place.write_text(page, encoding="utf-8")
    return page


if __name__ == "__main__":
    main()
