"""Histories for the real rules: a few clients over weeks and months, what people decide of them, and other policies."""

import json
from datetime import timedelta
from random import Random
from typing import Final

from schemas.policy import Policy
from streams.domain.fold import ClientFold
from tests.simulation.clients_writer import (
    CLIENTS,
    HOUR_MS,
    JUDGEMENTS,
    PAYMENTS,
    SALES,
    SHIPMENTS,
    Writer,
    Written,
    day_of,
)
from tests.simulation.people_writer import POLICY, People, policy
from tests.simulation.plan import Event
from tests.simulation.rules_check import RulesCheck
from tests.simulation.standing_in import START_MS
from tests.simulation.subject import Subject

_POLICY: Final = Policy.from_document(POLICY)
_POLICIES: Final = "policies"


def events(random: Random, partitions: int, simulated_time: bool) -> tuple[list[Event], int]:
    """See `Subject.events`. Days pass by leaps, or by the records' own timestamps."""
    writer = Writer(random)
    people = People(random, writer)
    judged, policies = random.choice((0.0, 0.1, 0.25)), random.choice((0.0, 0.0, 0.08))
    made: list[Event] = []
    at, leapt = 100, 0

    def say(record: Written, misrouting: float = 0.02) -> None:
        topic, key, value = record
        misrouted = random.randrange(partitions) if random.random() < misrouting else None
        stamp = START_MS + at + leapt if simulated_time else None
        made.append(Event(at, "send", (topic, key, value, stamp, misrouted)))

    for record in writer.begin(START_MS + at):
        say(record, 0.0)  # who asks before it is known that it may is not told of by the oracle
    for number in range(random.choice((4, 10, 25))):
        at += random.choice((1, 30, 150, 400))
        leap = random.choice((0, 0, 1, 12, 24, 24, 80, 80, 400)) * HOUR_MS
        if leap:
            leapt += leap
            if not simulated_time:
                made.append(Event(at, "leap", (leap,)))
        now = START_MS + at + leapt
        pick = random.random()
        if pick < 0.06:
            through = str(day_of(now) - timedelta(random.choice((1, 1, 2))))
            value = json.dumps({"type": "payments.completed", "id": f"done-{number}", "through": through}).encode()
            made.append(Event(at, "broadcast", (PAYMENTS, value, now if simulated_time else None)))
        elif pick < 0.06 + policies:
            value = policy(random, number + 2)
            made.append(Event(at, "broadcast", (_POLICIES, value, now if simulated_time else None)))
        else:
            say(people.next(now, number) if random.random() < judged else writer.next(now, number))
    return made, at + 1


REAL: Final = Subject(
    "clients",
    lambda: ClientFold(_POLICY),
    (PAYMENTS, SHIPMENTS, SALES, CLIENTS, JUDGEMENTS, _POLICIES),
    (
        "shipment-blocks", "category-changes", "shipment-decisions", "shipment-alerts", "client-status", "dead-letters",
        "stoplist-turnover",
    ),
    "dead-letters",
    ("shipment-blocks", "client-status"),
    events,
    keyed=("stoplist-turnover",),
    check=RulesCheck,
)  # fmt: skip
