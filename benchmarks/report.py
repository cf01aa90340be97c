"""The tables and the picture of the benchmarks: results in, ``RESULTS.md`` and ``results.svg`` out. It computes ratios alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.picture import draw
from benchmarks.programs import DAILY, OUT, PROGRAMS, SAME

FOLDER = Path(__file__).parent
Results = dict[str, Any]
NOT_MEASURED = "not measured in this run"


class Goal(NamedTuple):
    """One line of the table of goals."""

    what: str
    goal: str
    found: str
    met: bool | None  # None: not measured


def best(results: Results, key: str, size: int) -> dict[str, Any] | None:
    """What was found of a program at a size; None where it was not run, or is not the same model."""
    found = results["sizes"].get(str(size), {}).get(key, {})
    return found if "cpu" in found and found.get("judged", {}).get("same_model", True) else None


def figure(value: float) -> str:
    """A number of seconds or times with three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")


def at_most(what: str, found: float | None, limit: float, unit: str = " s", note: str = "") -> Goal:
    """A goal that a number must not exceed."""
    goal = f"≤ {limit:g}{unit}"
    if found is None:
        return Goal(what, goal, NOT_MEASURED, None)
    return Goal(what, goal, f"{figure(found)}{unit}{note}", found <= limit)


def at_least(what: str, found: float | None, limit: float) -> Goal:
    """A ratio that must not fall below a limit."""
    goal = f"≥ {limit:g} ×"
    if found is None:
        return Goal(what, goal, NOT_MEASURED, None)
    return Goal(what, goal, f"{figure(found)} ×", found >= limit)


def ratio(results: Results, upper: tuple[str, int], lower: tuple[str, int]) -> float | None:
    """CPU seconds of one over those of another."""
    one, other = best(results, *upper), best(results, *lower)
    return one["cpu"] / other["cpu"] if one and other else None


def seconds(results: Results, key: str, size: int) -> float | None:
    """CPU seconds of a program at a size."""
    found = best(results, key, size)
    return found["cpu"] if found else None


def of_speed(results: Results) -> list[Goal]:
    """W by one thread, and beside C."""
    million, many, some = 1_000_000, 10_000_000, 100_000
    per_customer = {key: ratio(results, (key, many), (key, some)) for key in ("general", "auto")}
    return [
        at_most("W(1e6), day by day, one thread", seconds(results, "general", million), 1.0),
        at_most("the same ÷ the C program", ratio(results, ("general", million), ("c_general", million)), 1.5, " ×"),
        at_most("W(1e6), as a user gets it (run to the horizon)", seconds(results, "auto", million), 0.35),
        at_most("the same ÷ the C program", ratio(results, ("auto", million), ("c_horizon", million)), 1.5, " ×"),
        at_most("W(1e7), day by day, one thread", seconds(results, "general", many), 10.0),
        at_most("W(1e7), as a user gets it", seconds(results, "auto", many), 10.0),
        *(
            at_most(f"cost per customer at 1e7 ÷ at 1e5, {words}", times and times * some / many, 1.5, " ×")
            for words, times in (("day by day", per_customer["general"]), ("as a user gets it", per_customer["auto"]))
        ),
    ]


def of_peers(results: Results) -> list[Goal]:
    """The peers at 100,000 customers."""
    asked = [(key, program) for key, program in PROGRAMS.items() if program.goal]
    return [
        at_least(f"{program.title} ÷ ladsim, W(1e5)", ratio(results, (key, 100_000), ("auto", 100_000)), program.goal or 0.0)
        for key, program in asked
    ]


def of_the_rest(results: Results) -> list[Goal]:
    """Threads, the study, whole processes, graphs, paired luck."""
    goals = results["goals"]
    large, threads, study, commands = (goals.get(name, {}) for name in ("large", "threads", "study", "commands"))
    two = threads["one"] / threads["two"] if "one" in threads else None
    lines = [
        at_most("W(1e8), two threads, wall time", large.get("wall") and large["wall"] + large["graph"], 90.0),
        at_most("its peak memory, graph included", large.get("peak_mb") and large["peak_mb"] / 1024, 8.0, " GB"),
        at_least("one thread ÷ two, wall time, W(1e6) day by day", two, 1.7),
        at_most("two strategies × 200 replications × 10,000 customers, two processes, wall time", study.get("wall"), 5.0),
    ]
    lines += of_everything(goals.get("everything", {}))
    for name, words, limit in (
        ("help", "--help", 0.25),
        ("check", "check W", 0.4),
        ("run", "run W --sample 10000 (one, JSON)", 0.9),
    ):
        found = commands.get(name, {})
        note = f" ({figure(found['wall'])} s of wall time)" if found else ""
        lines.append(at_most(f"`ladsim {words}`, whole process", found.get("cpu"), limit, note=note))
    lines.append(at_most("own Barabási–Albert graph as rows, 1e6", goals.get("graph", {}).get("cpu"), 0.6))
    lines.append(at_most("a networkx graph as rows, 1e6", goals.get("imported", {}).get("cpu"), 2.0))
    return [*lines, *of_paired_luck()]


def of_everything(found: dict[str, Any]) -> list[Goal]:
    """W with everything on: how much slower than W, and what a customer and a membership take."""
    times = found["everything"]["cpu"] / found["w"]["cpu"] if found else None
    sizes = dict(found.get("bytes", {}))
    rest = sizes.pop("rest") + found["graph_bytes"] if found else None
    dearest = max(sizes.values(), default=None)
    said = ", ".join(f"{name} {size}" for name, size in sizes.items())
    return [
        at_most("everything on ÷ W(1e6), one thread", times, 4.0, " ×"),
        at_most("bytes a customer then, graph included, memberships aside", rest, 128.0, " bytes"),
        at_most("bytes a membership of a programme", dearest, 64.0, " bytes", note=f" ({said})" if said else ""),
    ]


def of_paired_luck() -> list[Goal]:
    """The variance ratios of paired luck beside Starsim's, from the last run of ``paired_luck.py``."""
    path, figures = OUT / "paired_luck.json", ("ambassadors", "customers", "revenue")
    what = "variance of a difference, independent ÷ paired: {} (another run: PAIRED_LUCK.md)"
    goal = "above Starsim's"
    if not path.exists():
        return [Goal(what.format(name), goal, "not measured: `make bench-agreement`", None) for name in figures]
    lines = json.loads(path.read_text(encoding="utf-8"))["lines"]
    return [judged_luck(lines, name, what.format(name), goal) for name in figures]


def judged_luck(lines: list[dict[str, Any]], name: str, what: str, goal: str) -> Goal:
    """One figure of paired luck: met where ours is above each of Starsim's, whose intervals are shown."""
    ours = next(line[name] for line in lines if line["setting"] == "luck by address")
    theirs = [line[name] for line in lines if line["tool"] == "starsim"]
    said = [f"{f['ratio']:,.0f} ({f['low']:,.0f} to {f['high']:,.0f})" for f in (ours, *theirs)]
    return Goal(
        what, goal, f"{said[0]}; Starsim {' and '.join(said[1:])}", all(ours["ratio"] > other["ratio"] for other in theirs)
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def table_of_goals(results: Results) -> str:
    """What is to be reached, what was found."""
    words = {True: "met", False: "**missed**", None: "–"}
    lines = [*of_speed(results), *of_peers(results), *of_the_rest(results)]
    return table(["What", "Goal", "Found", ""], [[line.what, line.goal, line.found, words[line.met]] for line in lines])


def cell(results: Results, key: str, size: str) -> str:
    """One program at one size: CPU seconds, how many times ladsim's, peak memory; or why not."""
    found = results["sizes"][size].get(key)
    if found is None or "cpu" not in found:
        return "–" if found is None else found["left_out"]
    if not found["judged"]["same_model"]:
        return "not the same model"
    ours = results["sizes"][size].get("auto", {}).get("cpu")
    times = f", {figure(found['cpu'] / ours)} ×" if ours and key != "auto" else ""
    return f"{figure(found['cpu'])} s{times}, {found['peak_mb']:,.0f} MB"


def table_of_programs(results: Results) -> str:
    """CPU seconds by program and size."""
    sizes = list(results["sizes"])
    rows = [[program.title, *(cell(results, key, size) for size in sizes)] for key, program in PROGRAMS.items()]
    return table(["Program", *(f"{int(size):,} customers" for size in sizes)], rows)


def table_of_settings(results: Results) -> str:
    """Version, settings, and what each leaves out."""
    rows = []
    for key, program in PROGRAMS.items():
        found = next((row[key] for row in results["sizes"].values() if "cpu" in row.get(key, {})), None)
        if found:
            rows.append([program.title, found["version"], found["settings"], found["leaves_out"]])
    return table(["Program", "Version", "Settings", "Leaves out"], rows)


def table_of_counts(results: Results) -> str:
    """How far the rung counts of each program are from ours."""
    rows = []
    for size, row in results["sizes"].items():
        for key, program in PROGRAMS.items():
            if "cpu" not in row.get(key, {}):
                continue
            said = row[key]["judged"]
            if program.promise == SAME:
                words = "the same to the last digit" if said["same_model"] else "**differs**"
                rows.append([program.title, f"{int(size):,}", words, "", ""])
                continue
            verdict = "" if said["same_model"] else " **not the same model**"
            days = "noise + steps of a day" if program.promise == DAILY else "noise"
            apart = f"{said['difference']:.5f} ({said['where']}){verdict}"
            rows.append([program.title, f"{int(size):,}", apart, f"{said['limit']:.5f} ({days})", str(said["runs"])])
    return table(["Program", "Customers", "Greatest difference of a share", "Limit", "Runs"], rows)


def write(results: Results) -> None:
    """Write ``RESULTS.md`` and its picture."""
    draw(results, FOLDER / "results.svg")
    said = results["machine"]
    about = {int(size): row for size, row in results["sizes"].items()}
    text = (FOLDER / "results_template.md").read_text(encoding="utf-8")
    words = {
        "machine": f"{said['cores']} cores, {said['memory_gb']} GB of memory, Python {said['python']}, Numba {said['numba']}",
        "minutes": f"{results.get('minutes', 0.0):.0f}",
        "rows": ", ".join(f"{size:,}" for size in about),
        "goals": table_of_goals(results),
        "programs": table_of_programs(results),
        "settings": table_of_settings(results),
        "counts": table_of_counts(results),
    }
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    (FOLDER / "RESULTS.md").write_text(text, encoding="utf-8")
    print(f"wrote {FOLDER.name}/RESULTS.md and {FOLDER.name}/results.svg")
