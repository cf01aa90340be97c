"""``page``: a market in one HTML file, with the simulator inside, sliders and a verdict.

In: a scenario, strategies, keys. Out: the file, written in one move; before that, settings at random are held against Python's own bytes.
The page is given as bytes three times: what Python says of the market (JSON), the bytes of the markets, the module; each packed by gzip.
Nothing of a scenario stands in it as markup, and its content security policy allows only what is in it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladsim.errors import OutputError, StudyError
from ladsim.files import write_text
from ladsim.hosts import wasm_module
from ladsim.pages import data, sliders, words
from ladsim.pages.toml_parts import files_beside, toml_parts
from ladsim.planning.compare import asked_for
from ladsim.planning.manifest import ladsim_version
from ladsim.scenario.spec import Scenario
from ladsim.scenario.texts import known_language

WEB = Path(__file__).parent / "web"
MODULES = ("memory.js", "driver.js", "sums.js", "charts.js", "text.js", "state.js", "what_if.js")
MOST_STRATEGIES = 6
MOST_FUTURES = 100
USUAL_FUTURES = 20
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Written:
    """A page that was written."""

    path: Path
    size: int
    """Bytes of the file."""
    people: int
    """Simulated customers."""
    futures: int
    """Futures of each strategy."""
    strategies: tuple[str | None, ...]
    sliders: tuple[str, ...]
    """Dotted keys of the numbers on sliders."""
    checked: int
    """Settings whose bytes were held against Python's."""


def page(
    scenario: Scenario,
    path: str | Path,
    *,
    strategies: Sequence[str | None] | None = None,
    sliders: Sequence[str] | None = None,
    sample: int | None = None,
    futures: int = USUAL_FUTURES,
    seed: int = 1,
    language: str | None = None,
) -> Written:
    """Write a market as one HTML file that plays it: the same numbers as Python, bit for bit, in a browser and without a network.

    `strategies`: names, by default all of the file, and the market without any. `sliders`: dotted keys of numbers that the reader may
    move; by default those on which the difference between strategies leans most, at most seven. `sample`: simulated people (default:
    5,000, or the whole market where it is smaller; at most 50,000). `futures`: of each strategy, two of which share a draw of what is
    not known. `language`: "en", "da" or "nb", in which the page opens.

    Raises StudyError where the market cannot go into a page, or a number not on a slider, with what to change; ScenarioError for a
    strategy that is not there; OutputError where the file cannot be written. Nothing is written where a check fails.

    >>> import ladsim
    >>> ladsim.page(ladsim.load("acquisition_vs_retention"), "/dev/null/page.html", sample=100, futures=2, sliders=["basket.mean"])
    Traceback (most recent call last):
    ladsim.errors.OutputError: /dev/null/page.html: ...
    """
    if not 2 <= futures <= MOST_FUTURES or futures % 2:
        raise StudyError(f"--replications: found {futures}, must be an even number from 2 to {MOST_FUTURES} in a page")
    if isinstance(sliders, str):  # a sequence of keys to Python: of letters
        raise StudyError(f"sliders: found the text {sliders!r}, must be a list of names, such as [{sliders!r}]")
    language = known_language(scenario.language if language is None else language, "language")
    asked: list[str | None] = asked_for(scenario, strategies) if scenario.strategies or strategies else [None]
    if len(asked) > MOST_STRATEGIES:
        raise StudyError(
            f"--strategy: found {len(asked)}, must be at most {MOST_STRATEGIES} in a page, the market without any among them"
        )
    text, made = _page(scenario, asked, sliders, sample, futures, seed, language)
    size = len(text.encode("utf-8"))
    if size > MOST_BYTES:
        raise StudyError(
            f"--out: found {size:,} bytes, must be at most {MOST_BYTES:,} bytes: take fewer people, strategies, sliders or futures"
        )
    try:
        write_text(path, text)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
    return Written(Path(path).absolute(), size, *made)


def _page(
    scenario: Scenario,
    asked: list[str | None],
    keys: Sequence[str] | None,
    sample: int | None,
    futures: int,
    seed: int,
    language: str,
) -> tuple[str, tuple[Any, ...]]:
    world = data.world_of(scenario, sample)
    markets = data.markets_of(scenario, asked, world, seed, futures)
    chosen = sliders.sliders_of(scenario, markets, keys)
    checked = sliders.check(markets, chosen)
    said, blob = data.said_of(markets)
    texts = words.texts_of(scenario, markets, chosen)
    names = scenario.rungs
    said |= {
        "version": ladsim_version(),
        "name": re.sub(r"[^A-Za-z0-9_-]+", "-", scenario.name) or "market",
        "language": language,
        "texts": texts,
        "currency": scenario.currency,
        "scale": world.scale,
        "market": scenario.market_size,
        "people": world.size,
        "months": _months(markets[0]),
        "futures": futures,
        "seed": seed,
        "base": asked.index(None) if None in asked else -1,
        "strategies": [name or "base" for name in asked],
        "rungs": len(names),
        "rung_names": [rung.name for rung in names],
        "rung": next((place for place, rung in enumerate(markets[0].image.tables.rungs["is_customer"]) if rung), 0),
        "student": _student(futures),
        "toml": toml_parts(scenario, chosen),
        "sliders": [_slider_says(slider) for slider in chosen],
        "command": _command(asked, world.size, futures, seed),
        "needs": files_beside(scenario),
    }
    made = world.size, futures, tuple(asked), tuple(slider.key for slider in chosen), checked
    return _html(said, blob, texts[language]), made


def _slider_says(slider: sliders.Slider) -> dict[str, Any]:
    from ladsim.pages.toml_parts import value_text

    return {
        "key": slider.key,
        "values": [repr(value) for value in slider.values],
        "middle": slider.middle,
        "file": value_text(slider.number.value),
        "source": slider.number.source or ("" if slider.number.decided else "-"),
        "words": [[data.hexed(stop) for stop in stops] for stops in slider.words],
    }


def _months(market: Any) -> list[float]:
    from ladsim.engine.snapshots import months_of

    return [float(month) for month in months_of(market.image.tables.horizon)]


def _student(futures: int) -> list[float]:
    """The quantile of Student's t for a 95 % interval, by degrees of freedom; the first is for none."""
    from scipy import special

    return [0.0, *(float(special.stdtrit(n, 0.975)) for n in range(1, futures))]


def _command(asked: list[str | None], people: int, futures: int, seed: int) -> str:
    named = "".join(f" --strategy {name}" for name in asked if name is not None)
    study = "compare" if named else "run"
    return f"ladsim {study} SETTING.toml{named} --sample {people} --replications {futures} --seed {seed}"


def _html(said: dict[str, Any], blob: bytes, texts: dict[str, Any]) -> str:
    """The file."""
    script = script_of({name: (WEB / name).read_text(encoding="utf-8") for name in MODULES})
    style = (WEB / "page.css").read_text(encoding="utf-8")
    packed = {
        "said": _packed(json.dumps(said, ensure_ascii=False, allow_nan=False).encode("utf-8")),
        "bytes": blob,
        "kernel": _packed((wasm_module.HERE / "kernel.wasm").read_bytes()),
    }
    policy = (
        f"default-src 'none'; script-src '{_seal(script)}' 'wasm-unsafe-eval'; style-src '{_seal(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = html.escape(texts["title"].format(name=texts["heading"]))
    blocks = "\n".join(
        f'<script type="text/plain" id="{name}">{base64.b64encode(data_).decode("ascii")}</script>'
        for name, data_ in packed.items()
    )
    return f"""<!DOCTYPE html>
<html lang="{html.escape(said["language"])}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="generator" content="ladsim">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="page" data-broken="{html.escape(texts["broken"])}"><h1>{title}</h1><p class="late">{html.escape(texts["broken"])}</p></main>
{blocks}
<script type="module">{script}</script>
</body>
</html>
"""


def script_of(modules: dict[str, str]) -> str:
    """Modules as one: each behind those that it imports from, without what imports and exports them.

    >>> script_of({"a.js": "export const one = 1;\\n", "b.js": 'import { one } from "./a.js";\\nlet two = 2 * one;\\n'})
    'const one = 1;\\n\\nlet two = 2 * one;\\n'
    """
    texts = []
    for text in modules.values():
        without = re.sub(r'^import \{[^}]*\} from "[^"]*";\n', "", text, flags=re.MULTILINE)
        texts.append(re.sub(r"^export ", "", without, flags=re.MULTILINE))
    return "\n".join(texts)


def _seal(text: str) -> str:
    """By what a content security policy knows a text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _packed(raw: bytes) -> bytes:
    return gzip.compress(raw, 9, mtime=0)
