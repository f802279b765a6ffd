"""Inputs of the topic `payments`."""

from typing import Literal

from schemas.fields import Currency, Day, Id, ObligationId, PositiveMoney, Rate, Revision, Text
from schemas.inputs.base import Fact, Input


class PaymentReceived(Fact):
    """Money of a client came in."""

    type: Literal["payment.received"]
    amount: PositiveMoney
    """What was paid, in `currency`."""
    currency: Currency
    value_date: Day
    """The bank's value date: lateness is judged by it, not by arrival."""
    obligations: list[ObligationId] = []
    """The obligations it pays, in this order; without any, the oldest due first."""
    document: Text = ""
    """Number of the bank's document."""
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""


class PaymentReversed(Fact):
    """A payment was taken back, in whole or in part."""

    type: Literal["payment.reversed"]
    payment_id: Id
    """The `id` of the payment."""
    amount: PositiveMoney | None = None
    """In the payment's currency; absent: all of it."""
    value_date: Day
    reason: Text = ""


class PaymentsCompleted(Input):
    """Accounting has posted every payment with a value date up to `through`; no key, to every partition."""

    type: Literal["payments.completed"]
    id: Id
    """Unique over all."""
    revision: Revision = 1
    through: Day
