"""What people decided about one client, each with the proof of who that was. Instants are milliseconds.

Only counted are judgements whose signature was proven (`streams.domain.admission`). The record lies in the topic
`judgements` for ever: by place and key an audit finds the signed bytes and can prove them again.
"""

import msgspec

from streams.domain.fact import Fact, Instant


class Proof(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Who decided, and where the signed record lies in the topic `judgements`."""

    author: str
    role: str
    key_id: str
    partition: int
    offset: int


NOBODY = Proof("", "", "", 0, 0)


class Judged(Fact, array_like=True, kw_only=True, gc=False):
    """A fact that a person signed; a withdrawn one carries the proof of its withdrawal."""

    at: Instant = 0
    """From when it counts."""
    proof: Proof = NOBODY


class Breach(Judged, array_like=True, kw_only=True, gc=False):
    """`conduct.recorded`."""

    kind: str = ""
    """requirement or ethics."""
    evidence: str = ""


class Clearing(Judged, array_like=True, kw_only=True, gc=False):
    """`conduct.cleared`."""

    conduct_id: str = ""
    reason: str = ""


class Override(Judged, array_like=True, kw_only=True, gc=False):
    """`override.granted`; with neither `shipment_id` nor `amount_max` it is for anything."""

    conditions: list[str] = []
    """In the order of their names."""
    expires_at: Instant = 0
    shipment_id: str = ""
    amount_max: int = -1
    """In the policy's currency; -1: none."""
    used: dict[str, int] = {}
    """Of `amount_max`: by shipment, the amount of its approval."""
    reason: str = ""


class Revocation(Judged, array_like=True, kw_only=True, gc=False):
    """`override.revoked`."""

    override_id: str = ""


class FirstDealDecision(Judged, array_like=True, kw_only=True, gc=False):
    """`first_deal.decided`."""

    decision: str = ""
    """close, restart or stop."""
    reason: str = ""


class Judgements(msgspec.Struct, array_like=True, gc=False):
    """By id; withdrawn ones stay, `voided`, so that older revisions lose."""

    breaches: dict[str, Breach] = {}
    clearings: dict[str, Clearing] = {}
    overrides: dict[str, Override] = {}
    revocations: dict[str, Revocation] = {}
    first_deal: dict[str, FirstDealDecision] = {}
