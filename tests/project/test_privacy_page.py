"""docs/privacy.md says of every topic what may be personal in it and how long it stays, as the contract has it."""

import re

from schemas.catalogue import TOPICS
from schemas.personal import PERSONAL
from tests.harness.beside import CHECKOUT

_DAY_MS = 86_400_000
_ROW = re.compile(r"^\| `([^`]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def _rows() -> dict[str, tuple[str, str]]:
    page = (CHECKOUT / "docs" / "privacy.md").read_text("utf-8")
    return {topic: (personal, stays) for topic, personal, stays in _ROW.findall(page)}


def test_every_topic_has_its_row() -> None:
    assert list(_rows()) == [topic.name for topic in TOPICS]


def test_the_fields_are_those_of_the_contract() -> None:
    said = {
        kind: tuple(fields.split(", "))
        for personal, _ in _rows().values()
        for kind, fields in re.findall(r"`([^`]+)`: ([\w, ]+)", personal)
    }
    assert said == PERSONAL


def test_how_long_it_stays_is_the_topics_setting() -> None:
    for topic in TOPICS:
        _, stays = _rows()[topic.name]
        if topic.cleanup_policy == "compact":
            assert stays.startswith("until the next record"), topic.name
        elif topic.retention_ms < 0:
            assert stays == "for ever", topic.name
        else:
            assert int(stays.removesuffix(" days").replace(",", "")) * _DAY_MS == topic.retention_ms, topic.name
