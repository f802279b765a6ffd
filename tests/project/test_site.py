"""The documents as a site: every page in the navigation, every link leads somewhere, nothing comes from elsewhere."""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from tests.harness.beside import CHECKOUT
from tests.harness.site import build
from tests.project.documents import documents
from tests.project.tree import name_of, tracked_files

_LOADED = {
    "link": "href",
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}
"""Elements that make a browser load something, and the attribute that says what."""
_IN_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class Seen(NamedTuple):
    """What a page of the site loads, where its links lead, and which anchors it has."""

    loads: list[str]
    links: list[str]
    anchors: set[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen([], [], set())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if attributes.get("id"):
            self.seen.anchors.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.seen.links.append(attributes["href"])
        if address := attributes.get(_LOADED.get(tag, "")):
            self.seen.loads.append(address)
        self.seen.loads.extend(part.split()[0] for part in attributes.get("srcset", "").split(",") if part.strip())


def _read(page: Path) -> Seen:
    reader = _Reader()
    reader.feed(page.read_text("utf-8"))
    return reader.seen


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from the checkout."""
    folder = tmp_path_factory.mktemp("built") / "site"
    run = build(folder)
    assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Seen]:
    """Every page of the site."""
    return {page: _read(page) for page in sorted(site.rglob("*.html"))}


def test_every_document_is_a_page_that_the_navigation_leads_to(site: Path, pages: dict[Path, Seen]) -> None:
    led_to = set(pages[site / "index.html"].links)
    wanted = {Path(name_of(document)).with_suffix(".html").as_posix() for document in documents()}
    assert {"docs/rules.html", "docs/benchmarks/README.html", "docs/contract.html", "CHANGELOG.html"} <= wanted
    assert wanted - {"README.html"} - led_to == set()
    assert [name for name in wanted if not (site / name).is_file()] == []


def test_it_begins_with_the_readme(site: Path) -> None:
    start = (site / "index.html").read_text("utf-8")
    assert "The warehouse knows at every moment which clients it must not ship to" in start
    assert 'href="docs/how-it-works.html"' in start


def test_every_link_leads_to_something_on_the_site(site: Path, pages: dict[Path, Seen]) -> None:
    assert [problem for page in pages for problem in _dead_links(page, pages)] == []


def _dead_links(page: Path, pages: dict[Path, Seen]) -> Iterator[str]:
    for link in pages[page].links + pages[page].loads:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not target.is_file():
            yield f"{page.name}: {link}: no such file"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"{page.name}: {link}: no such place in it"


def test_files_lie_where_the_repository_has_them(site: Path) -> None:
    schemas = [path for path in tracked_files() if path.match("schemas/generated/*.json")]
    assert len(schemas) > 30
    differing = [name_of(path) for path in schemas if (site / name_of(path)).read_bytes() != path.read_bytes()]
    assert differing == []
    assert (site / "docs/examples/integrate/StopList.java").is_file()


def test_no_page_loads_anything_from_another_host(site: Path, pages: dict[Path, Seen]) -> None:
    assert any("style" in address for seen in pages.values() for address in seen.loads)
    foreign = {address for seen in pages.values() for address in seen.loads if _is_foreign(address)}
    for style in site.rglob("*.css"):
        foreign |= {
            one or other for one, other in _IN_STYLES.findall(style.read_text("utf-8")) if _is_foreign(one or other)
        }
    assert foreign == set()


def _is_foreign(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def test_a_document_with_mistakes_is_no_site(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(CHECKOUT / "docs/site", source / "docs/site", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", source)
    (source / "README.md").write_text(
        "# Start\n\n[no file](docs/gone.md) ![no picture](docs/gone.png) [no place](#gone)\n"
    )
    (source / "docs/lost.md").write_text("# In no navigation\n")
    run = build(tmp_path / "site", source)
    assert run.returncode != 0
    said = run.stderr
    assert "README.md:3: WARNING: 'myst' cross-reference target not found: 'docs/gone.md'" in said
    assert "README.md:3: WARNING: 'myst' cross-reference target not found: 'gone'" in said
    assert "README.md:3: WARNING: image file not readable: docs/gone.png" in said
    assert "lost.md: WARNING: document isn't included in any toctree" in said
