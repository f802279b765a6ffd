"""The documents as a site: `make site`. README is its start page; what the others are called and their order is here.

Built strictly: a link or a picture that leads nowhere, and a page that the navigation leaves out, fail.
"""

import os
import shutil
import tomllib
from pathlib import Path

from docutils import nodes
from pygments.lexers.data import JsonLexer
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx

_CHECKOUT = Path(__file__).resolve().parents[2]

NAVIGATION = {
    "Try it": ("docs/commands", "docs/examples/README"),
    "The rules": ("docs/rules", "docs/requests", "docs/first-deal"),
    "How it works": ("docs/how-it-works", "docs/contract"),
    "Integrate": ("docs/integrate", "docs/http", "docs/imports"),
    "Operate": (
        "docs/deploy", "docs/settings", "docs/operate", "docs/metrics", "docs/runbook", "docs/privacy",
    ),
    "Proof": (
        "docs/proof", "docs/benchmarks/README", "docs/torture", "docs/simulation", "docs/fuzzing", "docs/mutation",
    ),
    "Releases": ("CHANGELOG",),
}  # fmt: skip
"""The pages after the start page, in the order in which somebody new needs them."""

_SEARCH_FROM_FILES = "if (location.protocol === 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;"
"""Excerpts below what a search found are fetched, which browsers do not allow a page opened from a folder."""

project = "Stoplist"
version = release = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
language = "en"

extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["README.md", "CHANGELOG.md", "docs/**.md"]
exclude_patterns = [".*", "build", "dist"]
myst_heading_anchors = 3
nitpicky = True
highlight_language = "text"  # of a block that names none
smartquotes = False  # an option's two hyphens stay two

html_theme = "furo"
html_title = f"Stoplist {version}"
html_static_path = ["style.css"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_use_index = False
html_domain_indices = False


html_js_files = [(None, {"body": _SEARCH_FROM_FILES})]


def setup(app: Sphinx) -> None:
    """What the settings above cannot say."""
    app.add_lexer("jsonl", JsonLexer)
    app.connect("source-read", _append_navigation)
    app.connect("doctree-read", _keep_addresses_of_files, priority=100)  # before they are given others
    app.connect("build-finished", _write_index)


def _append_navigation(app: Sphinx, name: str, source: list[str]) -> None:
    """The README is read as it stands elsewhere, too, so the navigation is not in it."""
    if name == app.config.root_doc:
        for caption, pages in NAVIGATION.items():
            source[0] += "\n```{toctree}\n" + f":hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"


def _keep_addresses_of_files(app: Sphinx, document: nodes.document) -> None:
    """A file that a page links to lies on the site where it lies in the repository: schemas refer to each other."""
    name = app.env.current_document.docname
    for link in list(document.findall(download_reference)):
        inside, there = app.env.relfn2path(link["reftarget"], name)
        copy = app.outdir / inside
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(there, copy)
        address = os.path.relpath(inside, Path(name).parent)
        link.replace_self(nodes.reference("", "", *link.children, refuri=address, internal=True))


def _write_index(app: Sphinx, failure: Exception | None) -> None:
    """The start page under the name that servers and people look for."""
    if failure is None:
        (app.outdir / "index.html").write_bytes((app.outdir / "README.html").read_bytes())
