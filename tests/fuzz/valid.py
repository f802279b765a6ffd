"""Valid records of every event type, about a few clients whose facts refer to each other; by seed."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from schemas.policy import Policy
from schemas.signatures import public_key_of, sign
from tests.schemas.examples import EXAMPLES, TOPICS

START_MS: Final = int(datetime(2026, 3, 2, 6, tzinfo=UTC).timestamp() * 1000)
MANAGER: Final = bytes(range(32))
DIRECTOR: Final = bytes(range(32, 64))
_KEYS: Final = [
    {"key_id": "petrova-2026", "public_key": public_key_of(MANAGER), "holder": "Petrova", "roles": ["manager"]},
    {"key_id": "ivanov-2026", "public_key": public_key_of(DIRECTOR), "holder": "Ivanov", "roles": ["director"]},
]
_OFTEN: Final = (
    "payment.received", "shipment.dispatched", "sale.recorded", "shipment.requested", "payment.reversed",
    "goods.returned", "sale.returned",
)  # fmt: skip
KINDS: Final = tuple(EXAMPLES)
_CLIENTS: Final = (4, 12, 40, 100)
IMPORTANCE: Final = "stoplist-importance"
_POLICIES_OF_THEIR_OWN: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"requests": {"required": False}},
    {"limits": {"facts_max": 20, "waiting_max": 2}},
    {"limits": {"facts_max": 40, "waiting_max": 5}},
    {"window_days": 30, "correction_days": 5, "roll_due_dates": True, "overdue_tolerance": "5.00"},
    {"future_tolerance_hours": 1},
)
_OF_FOLDING: Final = ("window_days", "correction_days", "roll_due_dates", "overdue_tolerance")
"""Numbers by which old facts are folded away. Any record that reaches the ledger may do that, a refused one too, so
they stay the same in a world: else the past of debts would depend on who came first, the policy or the bad record."""


def policy_document(random: Random, version: int = 1) -> dict[str, Any]:
    """A valid policy, sometimes with limits that a client soon reaches."""
    return deepcopy({"version": version, "keys": _KEYS, **random.choice(_POLICIES_OF_THEIR_OWN)})


class Draft(NamedTuple):
    """A record before it has a place: its document is not bytes yet."""

    topic: str
    key: bytes | None
    document: dict[str, Any]


class Writer:
    """Writes valid records; remembers what it said, so that later ones can refer to it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clients = [f"C-{number}" for number in range(random.choice(_CLIENTS))]
        self._document = policy_document(random)
        self.policy = Policy.from_document(self._document)
        self._number = 0
        self._version = 1
        self._known: dict[tuple[str, str], list[str]] = {}
        """Business ids by (what, client)."""

    def next(self, now: int) -> Draft:
        """One more, as of the instant `now`."""
        random = self.random
        kind = random.choice(_OFTEN) if random.random() < 0.6 else random.choice((*KINDS, IMPORTANCE))
        client = random.choice(self.clients)
        if kind == IMPORTANCE:
            return self._importance(client)
        return self.of_kind(kind, client, now)

    def begin(self, now: int) -> list[Draft]:
        """Most clients are known before; the others begin with a first deal."""
        drafts = [self.of_kind("client.opened", client, now) for client in self.clients if self.random.random() < 0.7]
        for draft in drafts:
            draft.document["as_of"] = "2025-12-01"
            draft.document["obligations"] = []
        return drafts

    def of_kind(self, kind: str, client: str, now: int) -> Draft:
        """A valid record of this kind, about this client where it is about one."""
        random = self.random
        self._number += 1
        document = deepcopy(EXAMPLES[kind])
        document["id"] = f"{kind[:2]}-{self._number}"
        day = (datetime.fromtimestamp(now / 1000, UTC) - timedelta(days=random.choice((0, 0, 0, 1, 3, 20)))).date()
        for name in ("value_date", "sold_on", "returned_on", "on", "registered_on", "through", "valid_from"):
            if name in document:
                document[name] = day.isoformat()
        for name in ("at", "granted_at"):
            if name in document:
                document[name] = datetime.combine(day, datetime.min.time(), UTC).isoformat()
        if "client_id" not in document:
            return self._broadcast(kind, document)
        document["client_id"] = client
        self._refer(kind, client, document, day)
        if document.pop("signature", None) is not None:
            document = self._signed(document)
        return Draft(TOPICS[kind], client.encode(), document)

    def _refer(self, kind: str, client: str, document: dict[str, Any], day: date) -> None:
        """Business ids of the client's own facts, old ones or new, and amounts that sum."""
        random = self.random
        if "shipment_id" in document:
            begins = kind in ("shipment.requested", "shipment.dispatched")
            document["shipment_id"] = self._name("S", client, 0.8 if begins else 0.05)
        for name, letter in (("payment_id", "P"), ("sale_id", "V"), ("conduct_id", "B"), ("override_id", "O")):
            if name in document:
                document[name] = self._name(letter, client, 0.05)
        for name, letter in (("outlet_id", "shop"), ("obligation_id", "S"), ("deal_id", "deal")):
            if name in document:
                document[name] = self._name(letter, client, 0.3) + ("/1" if letter == "S" else "")
        if "due_date" in document:
            document["due_date"] = (day + timedelta(days=random.randrange(30))).isoformat()
        named = {"payment.received": "P", "sale.recorded": "V", "conduct.recorded": "B", "override.granted": "O"}
        if kind in named:
            self._known.setdefault((named[kind], client), []).append(document["id"])
        if kind == "payment.received":
            document["obligations"] = [self._name("S", client, 0.1) + "/1" for _ in range(random.randrange(3))]
        if "amount" in document:
            document["amount"] = f"{random.randrange(1, 90_000)}.{random.randrange(100):02}"
        if kind == "client.opened":
            document["as_of"] = (day - timedelta(days=random.randrange(30, 60))).isoformat()
            document["obligations"][0]["obligation_id"] = f"old-{self._number}/1"
            document["violations"] = document["turnover"] = []
        if kind == "override.granted":
            document["expires_at"] = f"{day + timedelta(days=random.randrange(1, 6))}T12:00:00Z"
        if kind == "credit_limit.set":
            document["valid_until"] = (day + timedelta(days=random.randrange(60))).isoformat()
        if "payment_term_days" in document:
            self._terms(document, day)

    def _terms(self, document: dict[str, Any], day: date) -> None:
        random = self.random
        document["payment_term_days"] = random.randrange(40)
        if random.random() < 0.3:
            del document["payment_term_days"]
            cents = [random.randrange(1, 50_000) for _ in range(random.randrange(1, 5))]
            document["amount"] = f"{sum(cents) // 100}.{sum(cents) % 100:02}"
            document["instalments"] = [
                {
                    "obligation_id": f"{document['shipment_id']}/{index}",
                    "due_date": (day + timedelta(days=index * 7)).isoformat(),
                    "amount": f"{part // 100}.{part % 100:02}",
                }
                for index, part in enumerate(cents, 1)
            ]

    def _name(self, letter: str, client: str, new: float) -> str:
        """A business id: one of before, or with the chance `new` another."""
        known = self._known.setdefault((letter, client), [])
        if not known or self.random.random() < new:
            known.append(f"{letter}-{self._number}")
        return self.random.choice(known)

    def _broadcast(self, kind: str, document: dict[str, Any]) -> Draft:
        if kind == "policy.activated":
            self._version += self.random.choice((0, 1, 1))
            document["version"] = self._version
            if self.random.random() < 0.3:  # other numbers, but for those that say which old facts are folded away
                kept = {name: self._document[name] for name in _OF_FOLDING if name in self._document}
                other = policy_document(self.random)
                self._document = {name: other[name] for name in other if name not in _OF_FOLDING} | kept
            named = {"facts_named_max": self.random.randrange(5, 25)}
            limits = {**self._document.get("limits", {}), **named}
            document["policy"] = deepcopy({**self._document, "version": self._version, "limits": limits})
        return Draft(TOPICS[kind], None, document)

    def _signed(self, document: dict[str, Any]) -> dict[str, Any]:
        director = self.random.random() < 0.5 or document["type"] == "conduct.cleared"
        document["role"] = "director" if director else "manager"
        document["author"] = "ivanov" if director else "petrova"
        key = ("ivanov-2026", DIRECTOR) if director else ("petrova-2026", MANAGER)
        return sign(document, *key)

    def _importance(self, client: str) -> Draft:
        self._number += 1
        random = self.random
        document = {
            "kind": random.choice(("direction", "territory")), "scope_id": random.choice(("watches", "moscow")),
            "client_id": client, "sequence": random.randrange(1, 50),
            "importance": random.choice(("key", "medium", "small", None)),
            "turnover_minor": random.randrange(10**6), "before_minor": random.randrange(10**6),
            "total_minor": 2 * 10**6, "key_below_percent": 50, "medium_below_percent": 80,
            "cause": {
                "kind": "record", "id": "V-1", "type": "sale.recorded", "topic": "sales", "partition": 0, "offset": 1,
                "client_id": client,
            },
        }  # fmt: skip
        return Draft(IMPORTANCE, client.encode(), document)
