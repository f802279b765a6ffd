"""Short ways to say facts in tests, and a client to tell them to.

Days are `date`s, amounts minor units. The digest stands for the body: equal bodies, equal digests.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from schemas.events import (
    ClientEvent,
    ClientOpened,
    CreditLimitSet,
    DocumentEnded,
    DocumentSigned,
    Event,
    GoodsReturned,
    Instalment,
    ObligationDisputed,
    ObligationRescheduled,
    ObligationResolved,
    ObligationWrittenOff,
    OpeningObligation,
    OpeningTurnover,
    OpeningViolation,
    OutletClosed,
    OutletOpened,
    PaymentReceived,
    PaymentReversed,
    SaleRecorded,
    SaleReturned,
    ShipmentDispatched,
)
from schemas.policy import Policy
from streams.domain import allocation, ledger, overdue
from streams.domain.ledger import Accepted, Refused
from streams.domain.overdue import Overdue
from streams.domain.policy import Rules
from streams.domain.state import Client

MOSCOW = timedelta(hours=3)


def instant(on: date, hour: int = 10, minute: int = 0, second: int = 0) -> int:
    """Milliseconds of a Moscow wall time (UTC+3 all year since 2014)."""
    local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=UTC)
    return int((local - MOSCOW).timestamp() * 1000)


EventT = TypeVar("EventT", bound=Event)


def sealed(event: EventT) -> EventT:
    """The event with the digest of its body."""
    event.digest = hashlib.blake2b(repr(event).encode(), digest_size=8).digest()
    return event


def dispatch(
    shipment_id: str,
    on: date,
    amount: int = 10_000,
    term: int = 10,
    instalments: list[tuple[str, date, int]] | None = None,
    **more: Any,
) -> ShipmentDispatched:
    parts = None
    if instalments is not None:
        parts = [Instalment(name, due, str(part), part) for name, due, part in instalments]
        more.setdefault("amount_minor", sum(part for _, _, part in instalments))
    more.setdefault("amount_minor", amount)
    more.setdefault("currency", "USD")
    more.setdefault("at_ms", instant(on))
    return sealed(
        ShipmentDispatched(
            id=f"doc-{shipment_id}",
            client_id="C",
            shipment_id=shipment_id,
            payment_term_days=None if parts else term,
            instalments=parts,
            **more,
        )
    )


def payment(payment_id: str, on: date, amount: int, names: list[str] | None = None, **more: Any) -> PaymentReceived:
    more.setdefault("currency", "USD")
    return sealed(
        PaymentReceived(
            id=payment_id, client_id="C", value_date=on, amount_minor=amount, obligations=names or [], **more
        )
    )


def reversal(reversal_id: str, payment_id: str, on: date, amount: int | None = None, **more: Any) -> PaymentReversed:
    return sealed(
        PaymentReversed(
            id=reversal_id, client_id="C", payment_id=payment_id, value_date=on, amount_minor=amount, **more
        )
    )


def goods_return(
    return_id: str, shipment_id: str, on: date, amount: int, accepted_by: str | None = None, **more: Any
) -> GoodsReturned:
    more.setdefault("currency", "USD")
    return sealed(
        GoodsReturned(
            id=return_id,
            client_id="C",
            shipment_id=shipment_id,
            returned_on=on,
            amount_minor=amount,
            accepted_by=accepted_by,
            **more,
        )
    )


def rescheduled(change_id: str, obligation_id: str, on: date, due: date, **more: Any) -> ObligationRescheduled:
    return sealed(
        ObligationRescheduled(id=change_id, client_id="C", obligation_id=obligation_id, on=on, due_date=due, **more)
    )


def disputed(change_id: str, obligation_id: str, on: date, **more: Any) -> ObligationDisputed:
    return sealed(ObligationDisputed(id=change_id, client_id="C", obligation_id=obligation_id, on=on, **more))


def resolved(change_id: str, obligation_id: str, on: date, **more: Any) -> ObligationResolved:
    return sealed(ObligationResolved(id=change_id, client_id="C", obligation_id=obligation_id, on=on, **more))


def written_off(change_id: str, obligation_id: str, on: date, **more: Any) -> ObligationWrittenOff:
    return sealed(ObligationWrittenOff(id=change_id, client_id="C", obligation_id=obligation_id, on=on, **more))


def sale(sale_id: str, on: date, amount: int, **more: Any) -> SaleRecorded:
    more.setdefault("currency", "USD")
    return sealed(SaleRecorded(id=sale_id, client_id="C", sold_on=on, amount_minor=amount, **more))


def sale_return(return_id: str, sale_id: str, on: date, amount: int, **more: Any) -> SaleReturned:
    return sealed(
        SaleReturned(id=return_id, client_id="C", sale_id=sale_id, returned_on=on, amount_minor=amount, **more)
    )


def credit_limit(limit_id: str, amount: int | None, since: date, until: date | None = None, **more: Any) -> Any:
    more.setdefault("currency", "USD")
    return sealed(
        CreditLimitSet(id=limit_id, client_id="C", amount_minor=amount, valid_from=since, valid_until=until, **more)
    )


def opened(
    on: date,
    obligations: list[tuple[str, date, int, str]] | None = None,
    violations: list[tuple[str, date, date]] | None = None,
    turnover: list[tuple[str, int]] | None = None,
    unapplied: int = 0,
    opening_id: str = "OPEN",
    **more: Any,
) -> ClientOpened:
    more.setdefault("currency", "USD")
    return sealed(
        ClientOpened(
            id=opening_id,
            client_id="C",
            as_of=on,
            unapplied_minor=unapplied,
            obligations=[
                OpeningObligation(name, due, "", shipment, amount) for name, due, amount, shipment in obligations or []
            ],
            violations=[OpeningViolation(*row) for row in violations or []],
            turnover=[OpeningTurnover(month, "", amount_minor=amount) for month, amount in turnover or []],
            **more,
        )
    )


def signed(
    fact_id: str, document: str, on: date, number: str = "1", form: str = "original", **more: Any
) -> DocumentSigned:
    said = {"accepted_by": "boss", "direction": "retail", **more}
    return sealed(DocumentSigned(id=fact_id, client_id="C", document=document, number=number, on=on, form=form, **said))


def ended(fact_id: str, document: str, on: date, number: str = "1", **more: Any) -> DocumentEnded:
    return sealed(DocumentEnded(id=fact_id, client_id="C", document=document, number=number, on=on, **more))


def outlet(fact_id: str, outlet_id: str, on: date, territory: str = "moscow", **more: Any) -> OutletOpened:
    return sealed(OutletOpened(id=fact_id, client_id="C", outlet_id=outlet_id, on=on, territory=territory, **more))


def outlet_closed(fact_id: str, outlet_id: str, on: date, **more: Any) -> OutletClosed:
    return sealed(OutletClosed(id=fact_id, client_id="C", outlet_id=outlet_id, on=on, **more))


def void(event: Event, revision: int = 2) -> Any:
    """The withdrawal of an event: identity only."""
    kind: Any = type(event)
    identity = {"shipment_id": event.shipment_id} if isinstance(event, ShipmentDispatched) else {}
    withdrawal: Event = kind(id=event.id, client_id=event.client_id, revision=revision, voided=True, **identity)
    return sealed(withdrawal)


@dataclass
class Record:
    """A record as Kafka gave it."""

    timestamp: int
    topic: str = "payments"
    partition: int = 3
    offset: int = 41
    key: bytes | None = b"C"
    value: bytes | None = b'{"as": "it came"}'
    headers: tuple[Any, ...] = ()


@dataclass
class Book:
    """One client, told facts one after the other; `on` is the day a record arrives (default: as the last)."""

    rules: Rules = field(default_factory=lambda: Rules.compile(Policy(version=1)))
    client: Client = field(default_factory=lambda: Client(id="C"))
    at: int = 0
    completed: date | None = None

    def tell(self, event: ClientEvent, on: date | None = None, hour: int = 18) -> Accepted | Refused:
        if on is not None:
            self.at = max(self.at, instant(on, hour))
        return ledger.accept(self.rules, self.client, event, self.rules.day_of(self.at), self.at, Record(self.at))

    def accept(self, *events: ClientEvent, on: date | None = None) -> "Book":
        for event in events:
            result = self.tell(event, on)
            assert isinstance(result, Accepted), result
        return self

    def wait_until(self, on: date, hour: int = 18) -> "Book":
        self.at = instant(on, hour)
        allocation.advance(self.rules, self.client, on.toordinal())
        return self

    def late(self, on: date | None = None, hour: int | None = None) -> Overdue:
        """As of now, of a time of day today, or of the end of an earlier day."""
        completed = self.completed.toordinal() if self.completed else 0
        day = self.rules.day_of(self.at)
        if on is None or on.toordinal() == day:
            now = self.at if hour is None else instant(date.fromordinal(day), hour)
            return overdue.measure(self.rules, self.client, now, day, completed)
        assert on.toordinal() < day, "only the past"
        return overdue.measure(self.rules, self.client, self.rules.end_of(on.toordinal()), on.toordinal(), completed)

    def debts(self) -> dict[str, int]:
        """What is outstanding, by obligation."""
        return {place.id: one.outstanding for place, one in allocation.open_obligations(self.client)}

    @property
    def unapplied(self) -> int:
        return self.client.position.unapplied
