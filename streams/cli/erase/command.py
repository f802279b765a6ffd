"""The command: shows what would go and what remains, and with `--yes` lets it go."""

import sys
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
import typer

from schemas.catalogue import CLIENTS, DEAD_LETTERS, JOURNAL, SCOPES, TOPIC_OF_TYPE
from schemas.decoding import decode
from schemas.personal import ERASED, PERSONAL
from schemas.records import Rejected
from streams.cli.connection import admin_client
from streams.cli.erase.holdings import Held, Holding, held
from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap
from streams.cli.receivables import Entry
from streams.cli.saying import ClientId
from streams.cli.sending import send
from streams.cli.terminal import Progress, page_console, tell
from streams.cli.topic_setup import keep_own_time

_WIDTH_PIPED: Final = 110


def erase(
    client: ClientId,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it nothing is sent.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What remains as JSON.")] = False,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
) -> None:
    """Takes a client's name out of the system, and says what remains, in which topic, until when.

    A higher revision of each event that brings the name puts "erased" in its place: state, snapshots, read model and
    page follow at once. Amounts, days and ids stay, so that totals, blocks and `stoplist verify` come out as before.
    What was sent earlier stays in its topic until retention removes it; the table says when.

    \b
    Examples:
      stoplist erase C-17               show what would be done
      stoplist erase C-17 --yes         do it
    """
    found = held(bootstrap, client)
    if not found.holdings:
        raise Failure(f"no topic holds anything of client {client!r}; look whether the id is right")
    events = [_erased(event) for event in found.named if event.get("name") not in ("", ERASED, None)]
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(_document(client, found, len(events))) + b"\n")
    else:
        page_console(_WIDTH_PIPED).print(_table(client, found))
    if not events:
        tell([f"no event in force brings a name of {client}: there is nothing to send"])
    elif not yes:
        tell([f"{len(events)} events would be sent to replace the name of {client}; do it with --yes"])
    else:
        _send(client, events, bootstrap)
        tell([f"{len(events)} events sent: the name of {client} is replaced by {ERASED!r}"])


def _erased(event: dict[str, Any]) -> dict[str, Any]:
    """The next revision of an event, without the name. Raises Failure when workers would not take it."""
    document = {**event, "name": ERASED, "revision": event.get("revision", 1) + 1}
    read = decode(TOPIC_OF_TYPE[document["type"]], msgspec.json.encode(document))
    if isinstance(read, Rejected):
        raise Failure(f"{document['type']} {document['id']} cannot be replaced: {read.remedy}")
    return document


def _send(client: str, events: list[dict[str, Any]], bootstrap: str) -> None:
    with admin_client(bootstrap) as admin:
        if keep_own_time(admin, [CLIENTS])[CLIENTS]:
            raise Failure(f"topic {CLIENTS} is made for simulated time; what is in it is no real client's")
    now = int(time.time() * 1000)
    with Progress("events sent", len(events)) as progress:
        send([Entry(now, CLIENTS, client, event) for event in events], bootstrap, progress)


def _remains(holding: Holding) -> str:
    """Until when, in words."""
    gone_at = holding.gone_at
    if gone_at is not None:
        return datetime.fromtimestamp(gone_at / 1000, UTC).date().isoformat()
    if holding.topic.name == JOURNAL:
        return "its worker cuts the journal"
    if holding.topic.name == SCOPES:
        return "its sales have left the months that count"
    if holding.topic.cleanup_policy == "compact":
        return "the next record of the client replaces it"
    return "for ever: a signed decision is its own proof"


def _personal(holding: Holding) -> list[str]:
    """What of it may be personal beside the id."""
    if holding.topic.name == DEAD_LETTERS:
        return ["whatever the rejected records held"]
    return [f"{kind} ({', '.join(PERSONAL[kind])})" for kind in holding.topic.types if kind in PERSONAL]


def _document(client: str, found: Held, events: int) -> dict[str, Any]:
    rows = [
        {
            "topic": one.topic.name,
            "records": one.records,
            "personal": _personal(one),
            "remains_until": None if one.gone_at is None else _remains(one),
        }
        for one in found.holdings
    ]
    return {"client_id": client, "events_to_send": events, "remains": rows}


def _table(client: str, found: Held) -> Any:
    from rich.table import Table

    table = Table(title=f"What the topics hold of {client}", title_justify="left")
    for name in ("topic", "records", "may be personal, beside the id", "stays until"):
        table.add_column(name, justify="right" if name == "records" else "left")
    for one in found.holdings:
        table.add_row(one.topic.name, f"{one.records:,}", ", ".join(_personal(one)) or "–", _remains(one))
    return table
