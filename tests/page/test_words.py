"""Both languages have the same words, and every word that the page asks for is there."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import streams.views
from tests.page.conftest import Visit

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
SOURCES = Path(next(iter(streams.views.__path__))) / "page"
_ASKED = re.compile(r"\bt\(\"(\w+)\"")
_COUNTED = re.compile(r"\bcounted\([^\"\n]*\"(\w+)\"")
_NAMES = """async () => {
  const said = {};
  for (const language of ["en", "ru"]) {
    const { words } = await import(`./words/${language}.js`);
    said[language] = [Object.keys(words).sort(), Object.keys(words.names).sort()];
  }
  return said;
}"""


def _names(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(_NAMES)
    return found


def test_no_word_is_missing_in_either_language(visit: Visit) -> None:
    said = _names(visit("#/desk"))
    assert said["en"] == said["ru"]
    asked = {
        name
        for path in SOURCES.glob("*.js")
        for pattern in (_ASKED, _COUNTED)
        for name in pattern.findall(path.read_text("utf-8"))
    }
    assert len(asked) > 100
    assert asked - set(said["en"][0]) == set()
