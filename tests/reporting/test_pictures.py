"""Charts and the ladder: readable in grey, with words for those who cannot see them, the same bytes each time.

Tests: ``reporting/axes.py``, ``reporting/bars.py``, ``reporting/charts.py``, ``reporting/figure_style.py``, ``reporting/ladder.py``,
``reporting/ladder_picture.py``, ``reporting/series.py``.
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from ladsim.planning.compare import Comparison
from ladsim.planning.run import replicate
from ladsim.reporting import bars as bar_charts
from ladsim.reporting import charts, figure_style, sections, series
from ladsim.reporting.ladder import ladder_text, rung_words, step_words
from ladsim.reporting.ladder_picture import BACK, FORGOTTEN, draw_ladder, is_lead
from ladsim.scenario.address import numbers
from ladsim.scenario.load import load, loads
from ladsim.scenario.naming import Namer
from ladsim.scenario.spec import Scenario, Step

CSS = (Path(figure_style.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
SMALL = """
name = "Small"
months = 6
market_size = 1_000
[[rungs]]
name = "lead"
share = 0.78
[[rungs]]
name = "buyer"
label = "Buyer"
share = 0.1
orders_per_month = 1
messages_per_month = { low = 0.5, high = 2 }
[[rungs]]
name = "fan"
orders_per_month = 2.5
basket_factor = 1.2
announces = true
[[rungs]]
name = "lapsed"
off_ladder = true
[[rungs]]
name = "newcomers"
off_ladder = "outside"
share = 0.12
[[steps]]
from = "lead"
to = "buyer"
cumulative_share = 0.12
by_months = 12
is_order = true
[[steps]]
from = "lead"
to = "buyer"
trigger = "message"
probability = 0.15
[[steps]]
from = "buyer"
to = "fan"
trigger = "order"
probability = 0.1
from_order = 3
within_months = 6
[[steps]]
from = "fan"
to = "buyer"
rate = 0.05
[[steps]]
from = "buyer"
to = "lapsed"
monthly = { low = 0.05, high = 0.1 }
[[steps]]
from = "buyer"
to = "buyer"
trigger = "renewal"
months = 12
beta = [2, 1]
[[steps]]
from = "lapsed"
to = "buyer"
monthly = 0.02
[[arrivals]]
to = "lead"
per_month = 20
"""
TEXT = """\
Small: 1,000 people, 6 months

  ║                  ║
  ╠══════════════════╣
  ║       fan        ║  0 % at start · 2.5 orders/month · tells everybody on entering · basket × 1.2
  ╠══════════════════╣
  ║                  ║  ▼ Buyer: 4.88 % a month (rate 0.05)
  ╠══════════════════╣
  ║      Buyer       ║  10 % at start, 100 people · 1 order/month · 0.5 to 2 messages/month
  ╠══════════════════╣
  ║                  ║  ▲ fan: 10 % at each order, from order 3 on, for 6 months
  ║                  ║  ↻ Buyer: 67 % on average every 12 months
  ║                  ║  → lapsed: 5 % to 10 % a month
  ╠══════════════════╣
  ║       lead       ║  78 % at start, 780 people
  ╠══════════════════╣
  ║                  ║  ▲ Buyer: 12 % within 12 months (an order)
  ║                  ║  ▲ Buyer: 15 % per recommendation
  ╨                  ╨

  before the ladder: newcomers  (12 % at start, 120 people)
      → lead: 20 people a month

  beside the ladder: lapsed  (0 % at start)
      → Buyer: 2 % a month
"""


@pytest.fixture(scope="module")
def small() -> Scenario:
    return loads(SMALL)


def test_the_ladder_as_text(small: Scenario) -> None:
    """Rungs from top to bottom, what leads up, down, back and away, states beside the ladder; no spaces at line ends."""
    found = ladder_text(small)
    assert found == TEXT
    assert not any(line.endswith(" ") for line in found.splitlines())


def test_a_rung_with_much_to_say_keeps_who_talks(small: Scenario) -> None:
    """The picture has room for three things: how often people recommend comes before what they spend each time."""
    rung = small.rungs[0].model_copy(update={"orders_per_month": 2.0, "messages_per_month": 1.0, "basket_factor": 1.2})
    assert rung_words(rung)[1:] == ["2 orders/month", "1 message/month", "basket × 1.2"]


def test_a_complaint_is_no_recommendation() -> None:
    """Steps answering negative messages say so."""
    step = Step.model_validate({"from": "a", "to": "b", "trigger": "message", "probability": 0.2, "negative": True})
    assert step_words(step) == "20\u00a0% per complaint heard"


def test_the_ladder_is_drawn(small: Scenario, tmp_path: Path) -> None:
    """The SVG is well-formed, names every rung and number, and is the same twice; a PNG is a PNG."""
    draw_ladder(small, tmp_path / "one.svg")
    draw_ladder(small, tmp_path / "two.svg")
    first = (tmp_path / "one.svg").read_bytes()
    assert first == (tmp_path / "two.svg").read_bytes()
    words = [" ".join("".join(node.itertext()).split()) for node in ElementTree.fromstring(first).iter()]
    for label in ("fan", "Buyer", "lead", "lapsed", "newcomers", "15 % per recommendation", "20 people a month"):
        assert any(label in said for said in words), label
    draw_ladder(small, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_who_forgets_is_not_back(small: Scenario) -> None:
    """From a state beside the ladder the way to a customer rung is green, the way to a rung below it grey."""
    lines = [step for step in small.steps if step.from_ == "lapsed"]
    assert {step.to for step in lines} == {"buyer"} and not is_lead(next(r for r in small.rungs if r.name == "buyer"), small)
    assert BACK.lower() in draw_ladder(small).svg.lower()
    steps = tuple(step.model_copy(update={"to": "lead"}) if step.from_ == "lapsed" else step for step in small.steps)
    forgotten = small.model_copy(update={"steps": steps})
    assert is_lead(next(r for r in forgotten.rungs if r.name == "lead"), forgotten)
    drawn = draw_ladder(forgotten).svg.lower()
    assert BACK.lower() not in drawn and FORGOTTEN.lower() in drawn


def test_nothing_stands_on_nothing_else(small: Scenario) -> None:
    """Of the ladder's picture no text leaves the paper."""
    chart = draw_ladder(small)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', chart.svg)
    assert box
    width, height = float(box[1]), float(box[2])
    places = re.findall(r'<text [^>]*? x="([-\d.]+)" y="([-\d.]+)"|<text [^>]*?translate\(([-\d.]+) ([-\d.]+)\)', chart.svg)
    assert places
    for a, b, c, d in places:
        x, y = float(a or c), float(b or d)
        assert 0 <= x <= width
        assert 0 <= y <= height


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_all_text_has_contrast() -> None:
    """Text on paper and on tinted boxes has a contrast of at least 4.5 to 1."""
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", CSS))
    for text in [
        figure_style.INK,
        figure_style.QUIET,
        *(pen.text for pen in figure_style.PENS),
        colours["ink"],
        colours["quiet"],
        colours["blue"],
    ]:
        assert contrast(text, "#ffffff") >= 4.5, text
    assert contrast(colours["ink"], colours["warn-wash"]) >= 4.5
    assert contrast(colours["quiet"], colours["wash"]) >= 4.5


def test_strategies_differ_without_colour() -> None:
    """No two of the pens share a line style or a marker: a grey copy tells strategies apart."""
    for one, other in combinations(figure_style.PENS, 2):
        assert one.line != other.line
        assert one.marker != other.marker
        assert one.colour != other.colour


def test_a_fan_holds_its_quantiles() -> None:
    """Median and central 50 and 90 % are taken over the futures, month by month."""
    values = np.column_stack([np.arange(101.0), 2 * np.arange(101.0)])
    fan = charts.Fan("x", np.array([0.0, 1.0]), values)
    assert fan.quantiles().tolist() == [[5, 10], [25, 50], [50, 100], [75, 150], [95, 190]]


def test_charts_are_the_same_each_time_and_hold_no_address(comparison: Comparison) -> None:
    """Drawn twice, byte for byte the same; without dates, name spaces and page-wide styles."""
    fans = [series.profit_fan(run) for run in comparison.runs.values()]
    one, two = (charts.profit_fans(fans, "DKK") for _ in range(2))
    assert one == two
    for run in comparison.runs.values():
        assert run.label in one.svg
    for word in ("http", "<metadata", "<style", "<!--", "DOCTYPE"):
        assert word not in one.svg


def test_a_waterfall_ends_at_the_total() -> None:
    """What is said of the bars is what was given, gains with a plus sign."""
    bars = [bar_charts.Bar("Revenue", 300.0, 250.0, 350.0), bar_charts.Bar("Spend", -100.0, -100.0, -100.0)]
    chart = bar_charts.waterfall(bars, "difference", bar_charts.Bar("Total", 200.0, 150.0, 250.0), "EUR")
    said = chart.alt.replace("\u00a0", " ")
    assert "Revenue EUR +300; Spend EUR −100; Total EUR +200" in said


def test_the_closed_form_is_drawn_where_there_is_one() -> None:
    """Five rungs without messages: expected counts sum to the market and lie in the simulated fan; with messages there are none."""
    run = replicate(load("five_rungs"), seed=1, replications=4, sample=400, processes=1)
    exact, reason = series.closed_form(run)
    assert exact is not None
    assert reason == ""
    assert np.allclose(exact.sum(axis=1), run.scenario.market_size)
    counts = np.mean([h.counts.sum(axis=1) * h.scale for h in run.histories], axis=0)
    assert np.abs(counts - exact).max() < 0.05 * run.scenario.market_size
    section, reason = sections.rungs([run])
    assert not reason
    assert any("closed form" in line for line in section.lead)


def test_numbers_have_words(comparison: Comparison) -> None:
    """No dotted key of the file is shown raw: every number has a name made of labels and words."""
    namer = Namer(comparison.scenario)
    for key in numbers(comparison.scenario):
        said = namer.key(key)
        assert said
        assert "_" not in said, (key, said)
        assert "." not in said, (key, said)
    assert namer.key("steps.prospect.customer.cumulative_share") == "prospect → Customer: share that gets there"
    assert namer.key("steps.lead.prospect.message.probability") == "lead → prospect (by recommendation): chance each time"
    assert namer.cause("personal_offers") == "Spend: Personal offers"
