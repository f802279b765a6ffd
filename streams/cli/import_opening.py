"""`stoplist import --format opening`: what is told of a form, and where its clients go."""

import sys
import time
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from schemas.catalogue import CLIENTS
from streams.cli.failure import Failure
from streams.cli.history_writing import write_history
from streams.cli.opening import Opening, OpeningForm, Problem, entries_of
from streams.cli.terminal import Progress

PROBLEMS_SHOWN_MAX: Final = 50
_EXIT_LEFT_OUT: Final = 1


def import_opening(
    form: OpeningForm, file: str, zone: ZoneInfo, history: str | None, bootstrap: str, skip_bad: bool
) -> int:
    """Sends the clients of a form that was read, or writes them to `history`; returns the exit code.

    Raises Failure, and sends nothing, when anything is wrong; with `skip_bad` clients with a wrong row are left out
    instead, as long as every wrong row can be told to belong to a client.
    """
    problems, openings = list(form.problems), form.openings
    own_time = True
    if history is None:
        from streams.cli.sending import keeps_own_time

        own_time = keeps_own_time(bootstrap, [CLIENTS])
    if not own_time:  # they count from their arrival, and no balance is known before its day
        today = datetime.fromtimestamp(time.time(), zone).date()
        ahead = [opening for opening in openings if opening.as_of > today]
        problems += [_lies_ahead(opening) for opening in ahead]
        openings = [opening for opening in openings if opening.as_of <= today]
    _tell(problems, file)
    if problems and not (skip_bad and all(problem.client_id for problem in problems)):
        count = "1 wrong cell" if len(problems) == 1 else f"{len(problems)} wrong cells"
        how = "" if not skip_bad else "; a row without its client cannot be left out"
        raise Failure(f"{file} has {count}, so nothing was sent{how}; correct them and import again")
    if not openings:
        raise Failure(f"{file} has no client to open; write a row for each below the names of the columns")
    entries = entries_of(openings, zone)
    if history is not None:
        write_history(entries, history)
    else:
        from streams.cli.sending import send

        with Progress("clients sent", len(entries)) as progress:
            send(entries, bootstrap, progress)
        sys.stdout.write("1 client sent\n" if len(entries) == 1 else f"{len(entries)} clients sent\n")
    if not problems:
        return 0
    left_out = len({problem.client_id for problem in problems})
    sys.stderr.write(f"stoplist: {left_out} client{'s' if left_out > 1 else ''} with wrong cells left out\n")
    return _EXIT_LEFT_OUT


def _lies_ahead(opening: Opening) -> Problem:
    said = f"{opening.value['as_of']} lies ahead; send the balances on their day or later"
    return Problem(opening.line, "as_of", said, opening.value["client_id"])


def _tell(problems: list[Problem], file: str) -> None:
    """Each wrong cell on a line of stderr, up to a page of them."""
    for problem in problems[:PROBLEMS_SHOWN_MAX]:
        column = f"{problem.column} " if problem.column else ""
        sys.stderr.write(f"{file}:{problem.line}: {column}{' '.join(problem.said.split())}\n")
    if len(problems) > PROBLEMS_SHOWN_MAX:
        sys.stderr.write(f"and {len(problems) - PROBLEMS_SHOWN_MAX} more\n")
