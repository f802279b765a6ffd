"""Events of the topic `judgements`: `schemas.signatures` verifies the record's bytes before any of them counts."""

from datetime import date

from schemas.events.base import Event


class Judgement(Event):
    """Signed by a person; the signature stays with the decision for an audit."""

    author: str = ""
    role: str = ""
    signature: str = ""
    key_id: str = ""


class CreditLimitSet(Judgement, tag="credit_limit.set"):
    """Signed by a person with the role; `amount` None lifts the limit."""

    amount: str | None = None
    currency: str = ""
    valid_from: date = date.min
    valid_until: date | None = None
    rate: str | None = None
    amount_minor: int | None = None


class ConductRecorded(Judgement, tag="conduct.recorded"):
    """`kind` is requirement or ethics."""

    kind: str = ""
    at: str = ""
    evidence: str = ""
    at_ms: int = 0


class ConductCleared(Judgement, tag="conduct.cleared"):
    conduct_id: str = ""
    at: str = ""
    reason: str = ""
    at_ms: int = 0


class OverrideGranted(Judgement, tag="override.granted"):
    """Lifts `conditions` for one shipment, for shipments of together `amount_max_minor`, or (both None) for any."""

    granted_at: str = ""
    conditions: list[str] = []
    shipment_id: str | None = None
    amount_max: str | None = None
    currency: str | None = None
    expires_at: str = ""
    reason: str = ""
    rate: str | None = None
    amount_max_minor: int | None = None
    granted_at_ms: int = 0
    expires_at_ms: int = 0


class OverrideRevoked(Judgement, tag="override.revoked"):
    override_id: str = ""
    at: str = ""
    reason: str = ""
    at_ms: int = 0


class FirstDealDecided(Judgement, tag="first_deal.decided"):
    """`decision` is close, restart or stop."""

    decision: str = ""
    at: str = ""
    reason: str = ""
    at_ms: int = 0
