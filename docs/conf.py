"""Settings of Sphinx for the guide; nothing in a built page is loaded from elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import pyside  # noqa: E402

project = "TouchTrain"
author = "TouchTrain developers"
project_copyright = f"{pyside.version.__date__[-4:]}, {author}"
version = release = pyside.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "made_pages"]
exclude_patterns = ["README.md"]
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", ".*")
]  # in type hints: those of others have no page here, and nothing is asked for online

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
napoleon_use_rtype = False
default_role = "code"

smartquotes = False  # names and values are copied from here

html_theme = "furo"
html_title = f"TouchTrain {release}"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["guide.css"]
html_show_sphinx = False
html_search_scorer = str(HERE / "scorer.js")
html_theme_options: dict[str, object] = {"footer_icons": []}
