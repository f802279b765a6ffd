"""What each client's importance must be once everybody has heard everybody, by an obvious program: all sales of all
clients in one heap. Shares no code with `streams.domain`.
"""

import json
from collections import defaultdict
from typing import Any, Final

from tests.simulation.rules_facts import Facts, local

_MONTHS: Final = 12
_KEY_BELOW, _MEDIUM_BELOW = 20, 70
_NEVER_REGISTERED: Final = 10**9


def importance(facts: dict[str, Facts], running: int) -> dict[str, dict[str, str]]:
    """By client and scope; `running`: the running month, as year * 12 + month - 1."""
    sold: dict[str, dict[str, int]] = defaultdict(dict)
    for client, known in facts.items():
        for day, amount, scope in known.sold.values():
            if running - _MONTHS < int(day[:4]) * 12 + int(day[5:7]) - 1 <= running:
                sold[scope][client] = sold[scope].get(client, 0) + amount
    found: dict[str, dict[str, str]] = {client: {} for client in facts}
    for scope, amounts in sold.items():
        total, before = sum(amounts.values()), 0
        for client in sorted(amounts, key=lambda one: (-amounts[one], _registered(facts[one]), one)):
            below = [before * 100 < share * total for share in (_KEY_BELOW, _MEDIUM_BELOW)]
            sells = amounts[client] > 0
            found[client][scope] = "key" if sells and below[0] else "medium" if sells and below[1] else "small"
            before += amounts[client]
    return found


def _registered(facts: Facts) -> int:
    return max(facts.registered.values(), default=_NEVER_REGISTERED)


def judge_importance(simulation: Any) -> None:
    """Holds every client's status to it. Raises ValueError."""
    assert simulation.beside is not None
    facts: dict[str, Facts] = {}
    said: dict[str, dict[str, str]] = {}
    for reference in simulation.references.values():
        for key, story in reference.check.stories.items():
            facts[key.decode()] = story.facts
        for key, state in reference.states.items():
            status = json.loads(reference.fold.status_as_of(reference.shared, state, reference.at))
            rows = status["categories"]["importance"]
            said[key.decode()] = {f"{row['scope']['kind']}/{row['scope']['id']}": row["importance"] for row in rows}
    at = max((one.at for one in simulation.beside.references.values()), default=0)
    month = local(at)
    should = importance(facts, month.year * 12 + month.month - 1)
    for client, scopes in sorted(said.items()):
        if scopes != should.get(client, {}):
            raise ValueError(f"client {client} is {scopes} in its scopes, should be {should.get(client)}")
