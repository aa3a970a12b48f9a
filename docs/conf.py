"""Settings of the documentation: ``sphinx-build -W docs docs/_build/html`` writes it, without the network.

What the library knows about itself stands nowhere else: the extensions write the pages of models, figures and
functions from the package into ``docs/generated``.
"""

import os
import sys
from pathlib import Path

# the matrices of the examples are small: more BLAS threads cost time on a busy machine
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "extensions"))

import rheobase  # noqa: E402

project = "rheobase"
author = "The rheobase developers"
copyright = author
version = release = rheobase.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "api_reference",
    "benchmark_tables",
    "figure_gallery",
    "model_reference",
    "shown_in",
]
GALLERIES = ["tutorials", "ports"]
exclude_patterns = [
    "_build",
    *GALLERIES,
    *(f"generated/{name}/*.{end}" for name in GALLERIES for end in ("ipynb", "py")),
]
templates_path = ["_templates"]
default_role = "py:obj"
nitpicky = False

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # types stand in the docstrings, with units and shapes
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
autosummary_generate = True
autosummary_generate_overwrite = True
numpydoc_show_class_members = False  # autodoc lists them
numpydoc_attributes_as_param_list = True
numpydoc_xref_param_type = False

sphinx_gallery_conf = {
    "examples_dirs": GALLERIES,
    "gallery_dirs": [f"generated/{name}" for name in GALLERIES],
    "within_subsection_order": "tutorial_order.ByNumber",
    "filename_pattern": r"\.py$",
    "image_scrapers": ("matplotlib",),
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 0,
    "write_computation_times": False,
    "plot_gallery": "True",
    "abort_on_example_error": True,
}
suppress_warnings = ["config.cache"]

html_theme = "pydata_sphinx_theme"
html_title = "rheobase"
html_static_path = ["_static"]
html_css_files = ["rheobase.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_nav_level": 1,
    "collapse_navigation": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_persistent": ["search-button"],
    "header_links_before_dropdown": 8,
    "pygments_light_style": "default",
}
html_sidebars = {"index": [], "coming_from": [], "errata": [], "performance": []}
