"""Holds what the real rules say of each client to the oracle's story: the status at instants of chance, and everything
that became visible, in its order.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from schemas.records import Output
from tests.simulation.broker import Record
from tests.simulation.rules_facts import day_number, is_ahead, milliseconds
from tests.simulation.rules_oracle import KNOWN, Standing, shown, terms_of
from tests.simulation.rules_story import Partition, Story

_SHARE: Final = 0.1
"""Of records, and of chunks of time, after which a client is looked at."""
_DIMENSIONS: Final = ("risk_group", "volume", "lifecycle", "sales_type")


class RulesCheck:
    """Listens to a reference; `differences` says what was found."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)
        self._common = Partition()
        self._stories: dict[bytes, Story] = defaultdict(lambda: Story(self._common))
        self.stories: Mapping[bytes, Story] = self._stories
        self._policy = 0
        self.differences: list[str] = []

    def folded(self, reference: Any, record: Record) -> None:
        """A record was folded."""
        if record.key is None:
            self._broadcast(json.loads(record.value or b"{}"), reference.at, record.timestamp)
            return
        if record.key in reference.states or record.key in self._stories:
            self._stories[record.key].take(record.value or b"", reference.at, record.timestamp)
        if self._random.random() < _SHARE:
            self.look(reference, record.key)

    def _broadcast(self, told: dict[str, Any], at: int, came: int) -> None:
        for story in self._stories.values():
            story.advance(at)
        if told["type"] == "policy.activated" and told["version"] > self._policy:
            self._policy, self._common.terms = told["version"], terms_of(told["policy"])
        elif told["type"] == "payments.completed" and not is_ahead({"value_date": told["through"]}, came):
            self._common.completed = max(self._common.completed, day_number(told["through"]))
        for story in self._stories.values():
            story.look(at)

    def look(self, reference: Any, key: bytes) -> None:
        """Compare one client's status now."""
        if self.differences or key not in reference.states or key not in self._stories:
            return
        story, fold = self._stories[key], reference.fold
        story.advance(reference.at)
        if not story.tells:
            return
        state = fold.decode(fold.encode(reference.states[key]))
        fold.fire(reference.shared, state, reference.at, [])
        status = json.loads(fold.status_as_of(reference.shared, state, reference.at))
        held = story.standing(reference.at)
        self._compare(key, reference.at, shown(status), held.fields)
        categories = {name: status["categories"][name] for name in _DIMENSIONS}
        self._compare(key, reference.at, categories, _categories(held))

    def _compare(self, key: bytes, at: int, found: dict[str, Any], should: dict[str, Any]) -> None:
        for name, value in should.items():
            if found[name] != value:
                self.differences.append(f"client {key.decode()} at {at}: {name} {found[name]}, should be {value}")
                return

    def end(self, reference: Any) -> None:
        """Compare everybody, and everything that was said of them."""
        for key in sorted(self._stories):
            if key in reference.states:
                self.look(reference, key)
            if key in reference.states and self._stories[key].tells:
                self._heard(key, self._stories[key], [output for output in reference.out if output.key == key])

    def _heard(self, key: bytes, story: Story, outputs: list[Output]) -> None:
        said: dict[str, list[Any]] = {"moves": [], "blocks": [], "decisions": []}
        for output in outputs:
            told = json.loads(output.value or b"{}") if output.topic in _TELLS else {}
            at = milliseconds(told["effective_at"]) if told else 0
            if output.topic == "category-changes" and told["dimension"] in _DIMENSIONS:
                said["moves"].append((at, told["dimension"], told["from"], told["to"]))
            elif output.topic == "shipment-blocks":
                active = [one for one in told.get("conditions", ()) if one["reason"] in KNOWN and not one["overrides"]]
                blocking = tuple(sorted(one["reason"] for one in active))
                if blocking != (said["blocks"][-1][1] if said["blocks"] else ()):
                    said["blocks"].append((at, blocking))
            elif output.topic == "shipment-decisions" and not told.get("repeated"):
                reasons = tuple(sorted(one["reason"] for one in told["reasons"]))
                said["decisions"].append((at, told["type"], told["shipment_id"], reasons))
        for name, heard in said.items():
            should: list[Any] = getattr(story, name)
            if heard != should and not self.differences:
                pairs = enumerate(zip(heard, should, strict=False))
                same = next((index for index, (one, other) in pairs if one != other), min(len(heard), len(should)))
                here = slice(same, same + 2)
                self.differences.append(
                    f"client {key.decode()}: after {same} {name} readers see {heard[here]}, should see {should[here]}"
                )


_TELLS: Final = ("category-changes", "shipment-blocks", "shipment-decisions")


def _categories(held: Standing) -> dict[str, Any]:
    return {
        "risk_group": held.group, "volume": held.volume, "lifecycle": held.lifecycle, "sales_type": held.sales_type
    }  # fmt: skip
