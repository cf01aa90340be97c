"""``python -m ladsim`` is ``ladsim``."""

from __future__ import annotations

from ladsim.cli.program import main

if __name__ == "__main__":
    main()
