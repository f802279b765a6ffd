"""What is installed is pinned: each version with hashes, from whatever index the machine is set up for."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.harness.beside import CHECKOUT

_DEMO = CHECKOUT / "requirements.txt"
_ALL = CHECKOUT / "requirements-dev.txt"
_PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(\[(?P<extras>[^]]+)\])?==(?P<version>[^ ;]+)", re.IGNORECASE)
_WANTED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)\[(?P<extras>[^]]+)\]", re.IGNORECASE)


def _entries(path: Path) -> list[str]:
    """The requirements of a file, each with its continued lines, without comments."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
    return [entry.strip() for entry in text.replace("\\\n", " ").splitlines() if entry.strip()]


def _pins(path: Path) -> dict[str, str]:
    found = {}
    for entry in _entries(path):
        pin = _PIN.match(entry)
        assert pin, f"{path.name}: {entry[:60]!r} is no pin; make the file with make lock"
        found[_name(pin["name"])] = pin["version"]
    return found


def _name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _extras(text: str | None) -> set[str]:
    return {one.strip() for one in (text or "").split(",") if one.strip()}


@pytest.mark.parametrize("path", [_DEMO, _ALL], ids=lambda path: path.name)
def test_every_requirement_is_one_version_with_hashes(path: Path) -> None:
    assert _pins(path)
    unhashed = [entry[:60] for entry in _entries(path) if "--hash=sha256:" not in entry]
    assert unhashed == []


@pytest.mark.parametrize("path", [_DEMO, _ALL], ids=lambda path: path.name)
def test_pins_do_not_say_where_packages_come_from(path: Path) -> None:
    assert not re.search(r"index-url|find-links|trusted-host|extra-index|\w://", path.read_text("utf-8"))


def test_the_tests_run_with_what_the_demo_runs_with() -> None:
    demo, everything = _pins(_DEMO), _pins(_ALL)
    assert {name: everything.get(name) for name in demo} == demo


def test_extras_that_pinned_packages_ask_for_are_in_the_pins() -> None:
    # without its extra a pin does not count for them: the index's newest version is taken instead, and has no hash here
    pinned = {_name(pin["name"]): _extras(pin["extras"]) for pin in map(_PIN.match, _entries(_ALL)) if pin}
    left_out = [
        f"{package} asks for {wanted[0]}"
        for package in pinned
        for requirement in distribution(package).requires or []
        if "extra ==" not in requirement and (wanted := _WANTED.match(requirement))
        if not _extras(wanted["extras"]) <= pinned.get(_name(wanted["name"]), set())
    ]
    assert left_out == []


def test_pins_are_what_the_project_asks_for() -> None:
    import tomllib

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + [name for extra in project["optional-dependencies"].values() for name in extra]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower() for requirement in wanted}
    assert names <= _pins(_ALL).keys(), "make lock"
    assert {"noida-db", "setuptools", "faust-streaming"} <= _pins(_DEMO).keys()
