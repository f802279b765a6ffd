"""`stoplist reschedule`, `dispute`, `resolve`, `write-off`: what accounting decides about one obligation, unsigned."""

from typing import Annotated

import typer

from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap
from streams.cli.saying import (
    Accountant,
    At,
    ClientId,
    EventId,
    History,
    PolicyUsed,
    Reason,
    Revision,
    Saying,
    Where,
)

ObligationId = Annotated[str, typer.Argument(metavar="OBLIGATION", help="The obligation's id.", show_default=False)]
On = Annotated[str | None, typer.Option(metavar="DATE", help="From this day on; default: today.")]


def reschedule(
    client: ClientId,
    obligation: ObligationId,
    due_date: Annotated[str, typer.Argument(metavar="DUE", help="The new due date.", show_default=False)],
    reason: Reason,
    author: Accountant,
    on: On = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Gives an obligation another due date; overdue days before stay.

    \b
    Example:
      stoplist reschedule C-17 S-9/1 2026-04-15 --reason "agreed" --author "A. Accountant"
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.state(
        "obligation.rescheduled",
        client,
        saying.id_of(event_id, "reschedule"),
        revision,
        obligation_id=obligation,
        due_date=due_date,
        on=on or saying.today,
        author=author,
        reason=reason,
    )


def dispute(
    client: ClientId,
    obligation: ObligationId,
    reason: Reason,
    author: Accountant,
    on: On = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Notes that a client contests an obligation: while that lasts its days are no overdue days.

    \b
    Example:
      stoplist dispute C-17 S-9/1 --reason "short delivery" --author "A. Accountant"
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.state(
        "obligation.disputed",
        client,
        saying.id_of(event_id, "dispute"),
        revision,
        obligation_id=obligation,
        on=on or saying.today,
        author=author,
        reason=reason,
    )


def resolve(
    client: ClientId,
    obligation: ObligationId,
    reason: Reason,
    author: Accountant,
    on: On = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Ends the dispute about an obligation.

    \b
    Example:
      stoplist resolve C-17 S-9/1 --reason "delivery note found" --author "A. Accountant"
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.state(
        "obligation.resolved",
        client,
        saying.id_of(event_id, "resolution"),
        revision,
        obligation_id=obligation,
        on=on or saying.today,
        author=author,
        reason=reason,
    )


def write_off(
    client: ClientId,
    obligation: ObligationId,
    reason: Reason,
    author: Accountant,
    on: On = None,
    event_id: EventId = None,
    revision: Revision = 1,
    at: At = None,
    history: History = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    policy: PolicyUsed = None,
) -> None:
    """Gives up what is outstanding of an obligation.

    \b
    Example:
      stoplist write-off C-17 S-9/1 --reason "insolvent, court of 3 March" --author "A. Accountant"
    """
    saying = Saying(Where(bootstrap, history, policy, at))
    saying.state(
        "obligation.written_off",
        client,
        saying.id_of(event_id, "write-off"),
        revision,
        obligation_id=obligation,
        on=on or saying.today,
        author=author,
        reason=reason,
    )
