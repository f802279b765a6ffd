"""`stoplist conduct`: records a breach of a requirement or of ethics, or clears one; both signed."""

from enum import StrEnum
from typing import Annotated

import typer

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

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Record a breach by a client, which blocks it, or clear one.",
    epilog='Example: stoplist conduct record C-17 --kind ethics --evidence "letter of 3 March" --key petrova.key',
)


class Kind(StrEnum):
    """What was breached."""

    REQUIREMENT = "requirement"
    ETHICS = "ethics"


@app.command(
    short_help="Record a breach: the client is blocked.",
    epilog='Example: stoplist conduct record C-17 --kind ethics --evidence "letter of 3 March" --key petrova.key',
)
def record(
    client: ClientId,
    kind: Annotated[Kind, typer.Option(help="What was breached.", show_default=False)],
    evidence: Annotated[str, typer.Option(help="What shows it.", show_default=False)],
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
    """Records a breach of a requirement of the company, or of ethics. It blocks until a director clears it."""
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.judge(
        "conduct.recorded",
        client,
        saying.id_of(event_id, "breach"),
        revision,
        Signer(key, author, role),
        kind=str(kind),
        at=saying.at,
        evidence=evidence,
    )


@app.command(
    short_help="Clear a breach (a director).",
    epilog='Example: stoplist conduct clear C-17 breach-20260305-1f2e3d4c --reason "they apologised" --key ivanov.key',
)
def clear(
    client: ClientId,
    breach: Annotated[str, typer.Argument(metavar="BREACH", help="The id it was recorded by.", show_default=False)],
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
    """Clears a recorded breach; it takes a director's key."""
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.judge(
        "conduct.cleared",
        client,
        saying.id_of(event_id, "clearing"),
        revision,
        Signer(key, author, role),
        conduct_id=breach,
        at=saying.at,
        reason=reason,
    )
