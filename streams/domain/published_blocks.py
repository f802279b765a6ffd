"""Which blocks were published when: a dispatch is judged by the block as it was known at its own instant."""

from typing import Final

from streams.domain import reservations
from streams.domain.calendar import DAY_MS
from streams.domain.policy import Rules
from streams.domain.request_facts import BlockPublished
from streams.domain.state import Client, Instant
from streams.domain.view import View

BLOCKS_MAX: Final = 1_000
"""Records of blocks remembered of one client; beyond, the oldest are forgotten."""


def note(rules: Rules, client: Client, view: View) -> None:
    """A block or a release, as the view says, was published under the client's current number."""
    requests, now = reservations.of(client), view.instant
    begun = now
    if requests.blocks and not requests.blocks[-1].until:
        begun = requests.blocks[-1].blocked_from
        requests.blocks[-1].until = now
    oldest = now - rules.correction_days * DAY_MS
    while requests.blocks and 0 < requests.blocks[0].until < oldest:
        del requests.blocks[0]
    if view.reasons:
        requests.blocks.append(BlockPublished(now, 0, begun, client.sequence, list(view.reasons)))
        del requests.blocks[:-BLOCKS_MAX]


def at(client: Client, instant: Instant) -> BlockPublished | None:
    """The block published and in force at an instant; None: none."""
    requests = client.facts.requests
    if requests is None:
        return None
    held = (one for one in requests.blocks if one.since <= instant and (not one.until or instant < one.until))
    return next(held, None)


def ended_at(client: Client, block: BlockPublished) -> Instant:
    """When the block of which this is a part ended; 0: it goes on."""
    requests = reservations.of(client)
    return next(one.until for one in reversed(requests.blocks) if one.blocked_from == block.blocked_from)
