"""Histories of two folds that talk through topics: clients tell scopes their turnover, scopes tell clients what they
are beside the others.
"""

import json
from datetime import timedelta
from random import Random
from typing import Any, Final

from schemas.policy import Policy
from streams.domain.fold import ClientFold
from streams.domain.importance.fold import ImportanceFold
from tests.simulation.clients_subject import REAL
from tests.simulation.clients_writer import CLIENTS, HOUR_MS, SALES, Written, day_of, money, record
from tests.simulation.importance_oracle import judge_importance
from tests.simulation.people_writer import POLICY
from tests.simulation.plan import Event
from tests.simulation.rules_check import RulesCheck
from tests.simulation.standing_in import START_MS
from tests.simulation.subject import Subject

_POLICY: Final = Policy.from_document(POLICY)
_TURNOVER: Final = "stoplist-turnover"
_IMPORTANCE: Final = "stoplist-importance"
_AMOUNTS: Final = (1_000, 2_000, 6_000, 10_000, 10_000, 50_000)


class _Market:
    """A few clients that sell, in two directions and a territory."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clients = [f"c{number}" for number in range(random.choice((2, 3, 6)))]
        self.said: list[Written] = []

    def next(self, now: int, number: int) -> Written:
        """A sale, or one of before again, changed or withdrawn; or who a client is."""
        random, client = self.random, self.random.choice(self.clients)
        pick = random.random()
        if self.said and pick < 0.1:
            return random.choice(self.said)
        if self.said and pick < 0.3:
            return self._revised(random.choice(self.said))
        if pick < 0.4:
            on = str(day_of(START_MS) - timedelta(random.choice((10, 20))))
            return record(CLIENTS, "client.registered", f"R-{client}", client, {"name": client, "registered_on": on})
        day = day_of(now) - timedelta(random.choice((0, 0, 1, 40)))
        body: dict[str, Any] = {"amount": money(random.choice(_AMOUNTS)), "currency": "USD", "sold_on": str(day)}
        body["direction"] = random.choice(("watches", "watches", "photo"))
        if random.random() < 0.2:
            body |= {"territory": "north", "territorial": True}
        self.said.append(said := record(SALES, "sale.recorded", f"V{number}", client, body))
        return said

    def _revised(self, said: Written) -> Written:
        told = json.loads(said[2])
        if told.get("voided"):
            return said
        told["revision"] = told.get("revision", 1) + 1
        if self.random.random() < 0.4:
            told = {name: told[name] for name in ("type", "id", "client_id", "revision")} | {"voided": True}
        else:
            told["amount"] = money(self.random.choice(_AMOUNTS))
        self.said.append(said := (said[0], said[1], json.dumps(told).encode()))
        return said


def events(random: Random, partitions: int, simulated_time: bool) -> tuple[list[Event], int]:
    """See `Subject.events`."""
    market = _Market(random)
    made: list[Event] = []
    at, leapt = 100, 0
    for number in range(random.choice((5, 15, 30))):
        at += random.choice((1, 30, 150, 400))
        if leap := random.choice((0, 0, 0, 1, 24, 400, 800)) * HOUR_MS:
            leapt += leap
            made.append(Event(at, "leap", (leap,)))
        topic, key, value = market.next(START_MS + at + leapt, number)
        made.append(Event(at, "send", (topic, key, value, None, None)))
    return made, at + 1


SCOPES: Final = Subject(
    "scopes",
    lambda: ImportanceFold(_POLICY),
    (_TURNOVER, "policies"),
    (_IMPORTANCE, "dead-letters"),
    "dead-letters",
    (),
    events,
    keyed=(_IMPORTANCE,),
    journal="stoplist-scopes-journal",
    snapshots="stoplist-scopes",
)
MARKET: Final = Subject(
    "market",
    lambda: ClientFold(_POLICY),
    (*REAL.inputs, _IMPORTANCE),
    REAL.outputs,
    REAL.dead_letters,
    REAL.compacted,
    events,
    keyed=REAL.keyed,
    may_simulate_time=False,
    check=RulesCheck,
    beside=SCOPES,
    judge_both=judge_importance,
)
