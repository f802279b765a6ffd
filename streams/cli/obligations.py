"""`stoplist obligations`: every obligation with its overdue days, as the workers know it.

Read from the snapshots that the workers write every few seconds (at a clean stop at the latest), so it shows the state
itself and not what was told about it: an auditor lays it beside the ledger line by line.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from streams.cli.failure import Failure
from streams.cli.history import parse_instant
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy
from streams.cli.terminal import tell
from streams.domain import overdue
from streams.domain.folding import FOLDED_IDS_MAX
from streams.domain.money import text
from streams.domain.policy import Rules
from streams.domain.state import Client, Days, Obligation

_encode = msgspec.json.Encoder().encode


def obligations(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    client: Annotated[str | None, typer.Option(metavar="ID", help="Only this client.")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="Until when open ones count overdue days; default: now.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Policy; default: the one in force, else the one that ships."),
    ] = None,
) -> None:
    """Prints every obligation that is known with its overdue days, one JSON object a line, by client and due date.

    Read from the workers' snapshots, which are some seconds behind. Obligations that were paid longer ago than the
    policy's window and correction_days are not kept; stderr says how many those are.

    \b
    Examples:
      stoplist obligations
      stoplist obligations --client C-17 | jq 'select(.overdue_days > 0)'
    """
    from streams.cli.state_reading import standing_of_workers, states

    try:
        instant = round(time.time() * 1000) if at is None else parse_instant(at)
    except ValueError as error:
        raise Failure(f"--at {error}") from None
    numbers = load_policy(policy)
    found = states(bootstrap)
    rules = standing_of_workers(bootstrap, numbers).current.rules if policy is None else Rules.compile(numbers)
    listed = [state for state in found if client is None or state.id == client]
    for state in listed:
        sys.stdout.buffer.writelines(lines_of(rules, state, instant))
    sys.stdout.buffer.flush()
    tell(left_out(listed))


def left_out(clients: Iterable[Client]) -> list[str]:
    """How many obligations are known to be folded away and so are in no line; nothing when none is."""
    counts = [len(client.facts.folded_ids) for client in clients]
    total = sum(counts)
    if not total:
        return []
    least = "at least " if FOLDED_IDS_MAX in counts else ""
    what = "1 obligation is" if total == 1 else f"{total} obligations are"
    return [f"{least}{what} not listed: paid longer ago than the policy's window and correction_days, so not kept"]


def lines_of(rules: Rules, client: Client, instant: int) -> Iterator[bytes]:
    """A client's obligations as JSON lines, earliest due first, then by id; open ones count to the day of `instant`."""
    today = rules.day_of(instant)
    known = [(item.due, item.id, shipment, item) for shipment, item in _obligations(client)]
    for _, _, shipment_id, obligation in sorted(known, key=lambda item: item[:2]):
        yield _encode(_line(rules, client, shipment_id, obligation, today)) + b"\n"


def _obligations(client: Client) -> Iterator[tuple[str, Obligation]]:
    for shipment_id, dispatch in client.facts.dispatches.items():
        if not dispatch.voided:
            yield from ((shipment_id, obligation) for obligation in dispatch.obligations)
    for opening in client.facts.openings.values():
        if not opening.voided:
            yield from ((obligation.shipment_id, obligation) for obligation in opening.obligations)


def _line(rules: Rules, client: Client, shipment_id: str, obligation: Obligation, today: Days) -> dict[str, Any]:
    runs = overdue.episodes(rules, client, obligation, today)
    return {
        "client_id": client.id,
        "obligation_id": obligation.id,
        "shipment_id": shipment_id,
        "due_date": _day(obligation.due),
        "amount": text(obligation.amount),
        "outstanding": text(obligation.outstanding),
        "overdue_days": sum(last - first + 1 for first, last in runs),
        "episodes": [[_day(first), _day(last)] for first, last in runs],
    }


def _day(ordinal: Days) -> str:
    return date.fromordinal(ordinal).isoformat()
