"""How Sphinx builds the documentation: MyST pages, the furo theme, the key reference made from the schema, that of arrays from
their declarations, that of the API from the stubs and docstrings.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "ladsim"
author = "The ladsim authors"
copyright = "2026, The ladsim authors"
release = "0.1.0"

extensions = ["myst_parser", "sphinx.ext.autodoc", "market_arrays", "module_list", "public_names", "scenario_keys"]
default_role = "code"  # docstrings set `names` in single quotes, too
autodoc_typehints_format = "short"
maximum_signature_line_length = 100
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "ladsim"
html_copy_source = False
