"""The options that say where finished futures are kept, of every command that simulates many of them."""

from __future__ import annotations

from typing import Annotated

import typer

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR",
        help="Folder in which finished futures are kept and found again (default: $LADSIM_STORE, else one in the user's cache folder). "
        "The result does not depend on it.",
        show_default=False,
    ),
]
NoStore = Annotated[bool, typer.Option("--no-store", help="Keep no futures, and read none that were kept.")]
