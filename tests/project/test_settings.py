"""Every setting there is, is documented; every one that is named anywhere, exists."""

import re

from streams.cli.security import PREFIX
from streams.cli.settings import WorkerSettings
from tests.harness.beside import CHECKOUT
from tests.project.tree import name_of, tracked_files

_SETTINGS = {f"{PREFIX}{name.upper()}" for name in WorkerSettings.model_fields}
_OF_THE_TESTS = f"{PREFIX}TEST_"
_NAMED = re.compile(rf"\b{PREFIX}[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def test_every_setting_has_its_row() -> None:
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \|", (CHECKOUT / "docs/settings.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(_SETTINGS)


def test_every_setting_says_what_it_does() -> None:
    silent = [name for name, field in WorkerSettings.model_fields.items() if not (field.description or "").strip()]
    assert silent == []


def test_what_people_are_told_to_set_is_a_setting() -> None:
    unknown = {
        name_of(path): sorted(
            name
            for name in set(_NAMED.findall(path.read_text("utf-8", errors="replace"))) - _SETTINGS
            if not name.startswith(_OF_THE_TESTS)
        )
        for path in tracked_files()
        if path.suffix in (".md", ".yml", ".yaml") or path.name in ("Makefile", "Dockerfile", "run")
    }
    assert {name: names for name, names in unknown.items() if names} == {}
