"""The loyalty wheel on the command line: the command, the six spokes and what each moves; and its picture for the study's folder.

In: options. Out: text in the scenario's language; the picture's bytes by file name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ladsim.cli import options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.files import temporary_folder
from ladsim.i18n.catalogue import loose

if TYPE_CHECKING:
    from ladsim.planning.wheel import LoyaltyWheel
    from ladsim.reporting.wheel import WheelWords

PICTURES = ("wheel.svg", "wheel.png")


@study_command("draw the loyalty wheel: what each of its parts costs and achieves")
def wheel(*, strategy: options.OneStrategy = None, asked: Request) -> None:
    """Draw the loyalty wheel, and say for each of its six parts (spokes) what it costs, who moves on, who is lost, and its score.

    The parts are attraction, onboarding, engagement, reward, feedback and repurchase; a score is from 0 to 100.

    \b
    Examples:
      ladsim wheel ladder_guide --strategy balanced
      ladsim wheel my_shop.toml --language da
    """
    name = options.known(asked.changed, strategy)
    outcome.announce(asked, 1)
    from ladsim.planning.run import replicate
    from ladsim.planning.wheel import loyalty_wheel

    with outcome.simulating(asked) as progress:
        runs = replicate(asked.scenario, strategy=name, with_nothing=True, **asked.options(progress))
    study = loyalty_wheel(runs)
    outcome.show(asked, lambda: wheel_text(study))
    outcome.finish(asked, study, [name], extra=wheel_files(study) if asked.folder is not None else None)


def wheel_text(wheel: LoyaltyWheel) -> str:
    """The answer, what a score is, and two tables."""
    from ladsim.reporting.wheel import WheelWords

    told = WheelWords(wheel)
    said = loose("\n".join([*told.verdict(), told.text("wheel.convention"), ""]))
    return f"{said}\n{screen.printed(_spokes(told), _moves(told))}{screen.literature(wheel.runs)}"


def wheel_files(wheel: LoyaltyWheel) -> dict[str, bytes]:
    """The picture as SVG and as PNG."""
    from ladsim.reporting.wheel import WheelWords

    with temporary_folder() as folder:
        for name in PICTURES:
            WheelWords(wheel).picture(folder / name)
        return {name: (folder / name).read_bytes() for name in PICTURES}


def _spokes(told: WheelWords) -> Any:
    """The table of spokes: score, what it is measured by, where people are lost."""
    from ladsim.measures.wheel import SPOKES

    rows = []
    for row in told.rows:
        score, between = told.score(row)
        by = told.by(row) if row["spoke"] in SPOKES else ""
        lost = "\n".join(filter(None, (told.lost(row), told.fallen(row))))
        rows.append(
            [
                f"{told.name(row['spoke'])}\n  {by}".rstrip(),
                screen.two_lines(score, between),
                told.spent(row),
                lost,
                told.places(row),
            ]
        )
    head = ["", *(told.text(f"wheel.h_{key}") for key in ("score", "spend", "lost", "touchpoints"))]
    made = screen.table(told.text("wheel.t_spokes"), head, rows)
    made.columns[-1].justify = "left"
    return made


def _moves(told: WheelWords) -> Any:
    """The table of what each spoke moves."""
    rows, before = [], ""
    for row in told.wheel.moves.to_dict("records"):
        spoke = told.name(str(row["spoke"]))
        if spoke != before:
            rows.append([spoke, "", ""])
        before = spoke
        what, mean, between = told.moved(row)
        rows.append([f"  {what}", mean, between])
    head = ["", told.locale.text("screen.mean"), told.locale.text("screen.interval_of_mean")]
    return screen.table(told.text("wheel.t_moves"), head, rows)
