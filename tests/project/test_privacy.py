"""docs/privacy.md speaks of every topic, and of how long the catalogue keeps it."""

import re

from schemas.catalogue import TOPICS, Topic
from tests.harness.beside import CHECKOUT

_DAY_MS = 24 * 60 * 60 * 1000


def _kept(topic: Topic) -> str:
    if topic.cleanup_policy == "compact":
        return "last record of a key"
    return "for ever" if topic.retention_ms == -1 else f"{topic.retention_ms // _DAY_MS:,} days"


def test_every_topic_is_there_with_the_time_it_is_kept() -> None:
    page = (CHECKOUT / "docs/privacy.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \| ([^|]+) \|$", page, re.MULTILINE)
    assert rows == [(topic.name, _kept(topic)) for topic in TOPICS]
