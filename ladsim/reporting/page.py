"""``report``: a study as one HTML file that opens without a network, prints on A4 and has no outside address in it.

In: a study. Out: the page. The same study gives the same bytes: neither date nor duration is in it.
All text goes through the template's escaping, so a label of a scenario file is never markup.

What the page of a kind of study says, its view does (``planning.studies.STUDIES``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ladsim.errors import OutputError, StudyError
from ladsim.files import in_one_move
from ladsim.i18n import Locale
from ladsim.planning.manifest import ladsim_version
from ladsim.planning.studies import view_of
from ladsim.planning.study import Study
from ladsim.reporting import figure_style
from ladsim.reporting.page_model import Page

TEMPLATES = Path(__file__).parent / "templates"


def report(study: Study, path: str | Path, *, command: str = "", manifest: str = "") -> Path:
    """Write the page of a study to `path`, whole or not at all; returns the full path.

    `command` is what the page says it was made by, `manifest` the file from which ``ladsim again`` makes it again. Raises OutputError.

    >>> import ladsim
    >>> runs = ladsim.replicate(ladsim.load("acquisition_vs_retention"), replications=2, sample=100, processes=1)
    >>> ladsim.report(runs, "/dev/null/page.html")
    Traceback (most recent call last):
    ladsim.errors.OutputError: /dev/null/page.html: ...
    """
    target = Path(path).absolute()
    data = page_html(study, command=command, manifest=manifest).encode("utf-8")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        in_one_move(target, lambda place: place.write_bytes(data))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error}); nothing was left behind") from error
    return target


def page_html(study: Study, *, command: str = "", manifest: str = "") -> str:
    """The page of a study as HTML."""
    with being_drawn(page_of(study, command, manifest), processes=1) as html:
        return html()


@contextmanager
def being_drawn(page: Page, processes: int | None) -> Iterator[Callable[[], str]]:
    """Begin the pictures of a page in copies of this process (None: one for each further processor); what is yielded gives the HTML."""
    from ladsim.planning.beside import beside

    pictures = sorted(page.pictures, key=lambda picture: -picture.panels)
    figure_style.load()
    with beside([picture.draw for picture in pictures], processes) as rest:

        def html() -> str:
            for picture, chart in zip(pictures, rest(), strict=True):
                picture.is_drawn(chart)
            return rendered(page)

        yield html


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
