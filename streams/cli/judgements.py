"""`stoplist grant`, `revoke`, `limit`, `decide`: what people decide about a client, signed."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from schemas.reasons import LIFTABLE
from streams.cli.failure import Failure
from streams.cli.history import parse_instant
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap
from streams.cli.saying import (
    At,
    Author,
    ClientId,
    EventId,
    History,
    KeyFile,
    PolicyUsed,
    Reason,
    Revision,
    RoleUsed,
    Saying,
    Signer,
    Where,
)

_DAY_MS: Final = 86_400_000
_NO_LIMIT: Final = "none"
Condition = StrEnum("Condition", {reason.upper(): reason for reason in LIFTABLE})  # type: ignore[misc]
"""What a person may lift."""


class Decision(StrEnum):
    """What becomes of a first deal that was returned in full."""

    CLOSE = "close"
    RESTART = "restart"
    STOP = "stop"


def grant(
    client: ClientId,
    condition: Annotated[list[Condition], typer.Option(help="What it lifts; may be repeated.", show_default=False)],
    reason: Reason,
    key: KeyFile,
    days: Annotated[int | None, typer.Option(min=1, max=366, help="For how many days.", show_default=False)] = None,
    until: Annotated[str | None, typer.Option(metavar="INSTANT", help="Or until when.", show_default=False)] = None,
    shipment: Annotated[str | None, typer.Option(help="For this shipment only.", show_default=False)] = None,
    amount_max: Annotated[
        str | None, typer.Option(help="For shipments of together this much only.", show_default=False)
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Of --amount-max; default: the policy's.")] = None,
    rate: Annotated[str | None, typer.Option(help="Policy currency per unit of --currency.")] = None,
    author: Author = None,
    role: RoleUsed = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Lets a client be shipped to in spite of the conditions named, for a time: an override.

    For anything by default: the client is released, and blocked again when the time is over. With --shipment or
    --amount-max it stays blocked and requests for that shipment, or up to that amount, are approved.

    \b
    Example:
      stoplist grant C-17 --condition risk_group --days 3 --reason "paid by Friday, see letter" --key petrova.key
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    if (days is None) == (until is None):
        raise Failure("an override must expire; give either --days or --until")
    try:
        expires = saying.instant + days * _DAY_MS if days is not None else parse_instant(until or "")
    except ValueError as error:
        raise Failure(f"--until {error}") from None
    saying.judge(
        "override.granted",
        client,
        saying.id_of(event_id, "override"),
        revision,
        Signer(key, author, role),
        granted_at=saying.at,
        conditions=[str(item) for item in condition],
        shipment_id=shipment,
        amount_max=amount_max,
        currency=None if amount_max is None else currency or saying.policy.currency,
        rate=rate,
        expires_at=saying.text_of(expires),
        reason=reason,
    )


def revoke(
    client: ClientId,
    override: Annotated[str, typer.Argument(metavar="OVERRIDE", help="The override's id.", show_default=False)],
    reason: Reason,
    key: KeyFile,
    author: Author = None,
    role: RoleUsed = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Takes an override back before it expires.

    \b
    Example:
      stoplist revoke C-17 override-20260305-1f2e3d4c --reason "the letter was forged" --key petrova.key
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.judge(
        "override.revoked",
        client,
        saying.id_of(event_id, "revocation"),
        revision,
        Signer(key, author, role),
        override_id=override,
        at=saying.at,
        reason=reason,
    )


def limit(
    client: ClientId,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Like 500.00, or none.", show_default=False)],
    key: KeyFile,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day; default: today.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; default: without end.")] = None,
    currency: Annotated[str | None, typer.Option(help="Default: the policy's.")] = None,
    rate: Annotated[str | None, typer.Option(help="Policy currency per unit of --currency.")] = None,
    author: Author = None,
    role: RoleUsed = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Sets how much a client may owe; none lifts the limit.

    \b
    Examples:
      stoplist limit C-17 500.00 --until 2026-12-31 --key petrova.key
      stoplist limit C-17 none --key petrova.key
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.judge(
        "credit_limit.set",
        client,
        saying.id_of(event_id, "limit"),
        revision,
        Signer(key, author, role),
        amount=None if amount == _NO_LIMIT else amount,
        currency=currency or saying.policy.currency,
        rate=rate,
        valid_from=from_ or saying.today,
        valid_until=until,
    )


def decide(
    client: ClientId,
    decision: Annotated[Decision, typer.Argument(help="What becomes of the first deal.", show_default=False)],
    reason: Reason,
    key: KeyFile,
    author: Author = None,
    role: RoleUsed = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Decides about a first deal that was returned in full: it counts as closed, starts anew, or stops the client.

    \b
    Example:
      stoplist decide C-17 restart --reason "wrong goods were sent" --key petrova.key
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.judge(
        "first_deal.decided",
        client,
        saying.id_of(event_id, "first-deal"),
        revision,
        Signer(key, author, role),
        decision=str(decision),
        at=saying.at,
        reason=reason,
    )
