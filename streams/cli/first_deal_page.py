"""`docs/first-deal.md`, made from the first deal's moves: `python -m streams.cli.first_deal_page > docs/first-deal.md`.

A test fails when the page is stale.
"""

import sys
from typing import Final

from streams.domain.first_deal import CLOSED, MOVES, NONE, OPEN, RETURNED, STARTED, STATES, STOPPED

_SAID: Final = {
    NONE: "No shipment of the client has been approved or has left, or a person let it start anew.",
    STARTED: "Something is approved and nothing has left. The entitlement is frozen.",
    OPEN: "Goods have left and are not all paid, or something approved has not left yet.",
    RETURNED: "All that left came back. It closes nothing; `first_deal_returned` blocks until a person decides.",
    STOPPED: "Returned, and a person decided that it ends here. The client stays blocked.",
    CLOSED: "Paid in full, or closed by a person. A later reversal does not open it again.",
}


def first_deal_page() -> str:
    """`docs/first-deal.md`."""
    rows = [f"| {state} | {_SAID[state]} |" for state in STATES]
    grounds = [f"| {number} | {move.before} | {move.after} | {move.ground} |" for number, move in enumerate(MOVES, 1)]
    return _PAGE.format(rows="\n".join(rows), grounds="\n".join(grounds))


_PAGE: Final = """\
# The first deal

The states of a client's first deal and every move between them, made from `MOVES` in `streams/domain/first_deal.py`.
A correction (a revised, withdrawn or late fact) may take the ground of a move away; then the client stands where the
facts put it.

![Six states as boxes, with the moves between them as arrows numbered as in the second table](images/first-deal.svg)

| state | what it means |
|---|---|
{rows}

| move | from | to | ground |
|---|---|---|---|
{grounds}

## What is decided, what is derived

*Decided* in the recorded order and kept in the state: that the deal has started, its entitlement, and each approval of
it with the day it ended. *Derived* from the facts, so that their order does not matter: which shipments belong to it,
whether and on which day it closed, whether it was returned in full. Without an approval the first deal is that of the
dispatch with the earliest `at`, then id; with one, it stays the approved one while anything of it is approved or has
left.

## Where the newsletter is silent

- Until the first deal closes, every request of the client is judged by its limit, term and assortment. A request of
  another deal is further than the first one and waits until that is paid (`first_deal_unpaid`); so is a second one to
  an outlet. An approval that has not left yet is not paid either.
- A dispatch without lines counts by its payable amount, and nobody can say what was sold of it.
- Of an approval or a dispatch, what money not yet applied covers is no credit; of a dispatch that is the money dated up
  to its own day. Goods for nothing are no credit.
- What was sold is looked at from 00:00 of day 7 after a shipment's dispatch for as long as the deal is open: a first
  report that comes later, or a lower one that replaces it, blocks at that record. A return that names no articles takes
  its share of everything. Articles that were not dispatched sell nothing.
- A stop stays until another decision, also when further goods leave or are paid.
- What was written off is not paid: the deal stays open until a person closes it.
- Goods and reports are kept until the deal is closed. A late fact that opens it again finds them gone: its shipments
  then count by their payable amounts.
"""

if __name__ == "__main__":
    sys.stdout.write(first_deal_page())
