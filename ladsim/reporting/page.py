"""``report``: a study as one HTML file that opens without a network, prints on A4 and has no outside address in it.

In: a study. Out: the page. The same study gives the same bytes: neither date nor duration is in it.
All text goes through the template's escaping, so a label of a scenario file is never markup.

What the page of a kind of study says, its view does (``planning.studies.STUDIES``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from ladsim.errors import OutputError, StudyError
from ladsim.files import in_one_move
from ladsim.i18n import Locale
from ladsim.planning.manifest import ladsim_version
from ladsim.planning.studies import Study, view_of
from ladsim.reporting import figure_style
from ladsim.reporting.page_model import Page, Picture
from ladsim.reporting.workbook import workbook

CHARTS = "charts"
LONGEST_NAME = 60  # of a picture's file
TEMPLATES = Path(__file__).parent / "templates"


def report(
    study: Study, path: str | Path, *, command: str = "", manifest: str = "", xlsx: bool = False, charts: bool = False
) -> Path:
    """Write the page of a study to `path`, whole or not at all; returns the full path.

    `command` is what the page says it was made by, `manifest` the file from which ``ladsim again`` makes it again. With `xlsx` its
    tables are written as a workbook beside it, under the same name with ``.xlsx``; with `charts` its pictures as PNG into a folder
    ``charts``. Raises OutputError, and StudyError where XlsxWriter is missing.

    >>> import ladsim
    >>> runs = ladsim.replicate(ladsim.load("acquisition_vs_retention"), replications=2, sample=100, processes=1)
    >>> ladsim.report(runs, "/dev/null/page.html")
    Traceback (most recent call last):
    ladsim.errors.OutputError: /dev/null/page.html: ...
    """
    target = Path(path).absolute()
    page = page_of(study, command, manifest)
    beside = {target.with_suffix(".xlsx"): workbook(page)} if xlsx else {}
    with being_drawn(page, processes=1, png=charts) as html:
        files = {target: html().encode("utf-8"), **beside}
    files |= {target.parent / name: data for name, data in (chart_files(page) if charts else {}).items()}
    try:
        for place, data in files.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            in_one_move(place, partial(_filled, data))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); nothing was left behind") from error
    return target


def _filled(data: bytes, place: Path) -> None:
    place.write_bytes(data)


def page_html(study: Study, *, command: str = "", manifest: str = "") -> str:
    """The page of a study as HTML."""
    with being_drawn(page_of(study, command, manifest), processes=1) as html:
        return html()


@contextmanager
def being_drawn(page: Page, processes: int | None, png: bool = False) -> Iterator[Callable[[], str]]:
    """Begin the pictures of a page in copies of this process (None: one for each further processor); what is yielded gives the HTML.

    With `png` they are there as PNG, too, for ``chart_files``.
    """
    from ladsim.planning.beside import beside

    pictures = sorted(page.pictures, key=lambda picture: -picture.panels)
    figure_style.load()
    with beside([partial(_drawn, picture, png) for picture in pictures], processes) as rest:

        def html() -> str:
            for picture, chart in zip(pictures, rest(), strict=True):
                picture.is_drawn(chart)
            return rendered(page)

        yield html


def _drawn(picture: Picture, png: bool) -> figure_style.Chart:
    return figure_style.light(picture.draw(), png)


def chart_files(page: Page) -> dict[str, bytes]:
    """The pictures of a page that was drawn with `png`, by their place in a study's folder: numbered, and called what they show."""
    pictures = [picture.chart for picture in page.pictures]
    return {f"{CHARTS}/{place:02d}-{_slug(chart.title)}.png": chart.png for place, chart in enumerate(pictures, 1)}


def _slug(title: str) -> str:
    """A title as the name of a file.

    >>> _slug("Samlet overskud måned for måned"), _slug("<b>")
    ('samlet-overskud-maaned-for-maaned', 'b')
    """
    for letter, plain in (("æ", "ae"), ("ø", "oe"), ("å", "aa")):
        title = title.lower().replace(letter, plain)
    words = re.findall(r"[a-z0-9]+", title)
    return "-".join(words)[:LONGEST_NAME].rstrip("-") or "chart"


def page_of(study: Study, command: str = "", manifest: str = "") -> Page:
    """What the page of a study says."""
    if not all(runs.count for runs in study.futures.values()):
        raise StudyError("report: found a study without a single future, must have at least 1")
    page: Page = view_of(study).page(study, command, manifest)
    locale = Locale(study.source.language, study.source.start_date)
    footer = locale.text("page.footer", version=ladsim_version(), name=study.source.heading, seed=study.setting.seed)
    return replace(page, footer=footer, language=locale.language)


def rendered(page: Page) -> str:
    """A page as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html").render(page=page, text=Locale(page.language).text)
