"""Inputs of the topic `judgements`: decisions of people, each signed; without a valid signature they have no effect."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import Currency, Day, Id, Instant, KeyId, Money, PositiveMoney, Rate, Text, Words
from schemas.forms import instant_of
from schemas.inputs.base import Fact
from schemas.reasons import LIFTABLE, Liftable


class Judgement(Fact):
    """What a person decided, and the proof of who that was."""

    type: str
    author: Id
    role: Id
    """One of the roles that the policy gives to the key."""
    signature: Text = ""
    """Ed25519 over the RFC 8785 form of the value without this field, base64."""
    key_id: KeyId = ""
    """A key of the policy."""


class CreditLimitSet(Judgement):
    """A person sets or lifts a client's credit limit; without a valid signature it has no effect."""

    type: Literal["credit_limit.set"]
    amount: Money | None
    """null: no limit."""
    currency: Currency
    valid_from: Day
    valid_until: Day | None = None
    """The last day; absent: without end."""
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise PydanticCustomError("order", "valid_until: must not lie before valid_from")
        return self


class ConductRecorded(Judgement):
    """A person records a breach of a requirement or of ethics: the client is blocked until a person clears it."""

    type: Literal["conduct.recorded"]
    kind: Literal["requirement", "ethics"]
    at: Instant
    evidence: Words


class ConductCleared(Judgement):
    """A person clears a recorded breach."""

    type: Literal["conduct.cleared"]
    conduct_id: Id
    """The `id` of the conduct.recorded."""
    at: Instant
    reason: Words


class OverrideGranted(Judgement):
    """A person lets a client be shipped to in spite of some conditions, for a time: one shipment, up to an amount, or
    anything."""

    type: Literal["override.granted"]
    granted_at: Instant
    conditions: Annotated[list[Liftable], Field(min_length=1, max_length=len(LIFTABLE))]
    """What it lifts, reopenings included."""
    shipment_id: Id | None = None
    """For this shipment only."""
    amount_max: PositiveMoney | None = None
    """For shipments of together this much, in `currency`."""
    currency: Currency | None = None
    """Needed with `amount_max`."""
    expires_at: Instant
    """From this instant on it lifts nothing."""
    reason: Words
    rate: Rate | None = None
    """Policy currency per unit of `currency`; needed when they differ."""

    @model_validator(mode="after")
    def _scoped_once(self) -> Self:
        if len(set(self.conditions)) != len(self.conditions):
            raise PydanticCustomError("twice", "conditions: names one entry twice; remove the second")
        if self.shipment_id is not None and self.amount_max is not None:
            raise PydanticCustomError("scope", "amount_max: give either this or shipment_id, not both")
        if self.amount_max is not None and self.currency is None:
            raise PydanticCustomError("missing", "currency: give it with amount_max")
        if instant_of(self.expires_at) <= instant_of(self.granted_at):
            raise PydanticCustomError("order", "expires_at: must lie after granted_at")
        return self


class OverrideRevoked(Judgement):
    """A person takes an override back before it expires."""

    type: Literal["override.revoked"]
    override_id: Id
    """The `id` of the override.granted."""
    at: Instant
    reason: Text = ""


class FirstDealDecided(Judgement):
    """What becomes of a first deal that was returned in full: it counts as closed, starts anew, or stops the client."""

    type: Literal["first_deal.decided"]
    decision: Literal["close", "restart", "stop"]
    at: Instant
    reason: Words
