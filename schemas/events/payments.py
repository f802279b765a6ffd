"""Events of the topic `payments`."""

from datetime import date

import msgspec

from schemas.events.base import Event, Id, ObligationId, Revision, Text


class PaymentReceived(Event, tag="payment.received"):
    amount: str = ""
    currency: str = ""
    value_date: date = date.min
    obligations: list[ObligationId] = []
    document: Text = ""
    rate: str | None = None
    amount_minor: int = 0


class PaymentReversed(Event, tag="payment.reversed"):
    payment_id: Id = ""
    amount: str | None = None
    value_date: date = date.min
    reason: Text = ""
    amount_minor: int | None = None


class PaymentsCompleted(msgspec.Struct, tag_field="type", tag="payments.completed", kw_only=True):
    """Accounting has posted every payment with a value date up to `through`; to every partition, no client."""

    id: Id
    through: date
    revision: Revision = 1
    digest: bytes = b""
