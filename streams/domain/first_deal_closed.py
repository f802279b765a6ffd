"""Whether a client is past its first deal, in one place for what depends on it: the lifecycle and the pinned volume."""

from typing import Final

from streams.domain import first_deal, volume_category
from streams.domain.client_facts import Profile
from streams.domain.fact import Days, Instant
from streams.domain.first_deal import Deal
from streams.domain.policy import Rules
from streams.domain.state import Client

PINNED: Final = "C"
"""Source: «При первой сделке Клиенту автоматически присваивается категория «С»»."""


def as_of(
    rules: Rules, client: Client, day: Days, now: Instant, profile: Profile, deal: Deal | None = None
) -> tuple[Deal | None, bool]:
    """(the first deal as of `now` on `day`, whether it is closed or was before the opening balances).

    None when none has started, or it was closed on an earlier day; `deal` is the answer where it is known already.
    """
    if deal is None:
        if first_deal.known_closed(client, day):
            return None, True
        if client.facts.dispatches or client.decided.deal is not None:
            deal = first_deal.of(rules, client, day, now)
    if deal is not None:
        return deal, not deal.open
    return None, profile.opened_as in ("active", "lost")


def ids(rules: Rules, client: Client, day: Days) -> list[str]:
    """The id of the first deal; empty without one."""
    deal = first_deal.of(rules, client, day)
    return [] if deal is None else [deal.id]


def volume(rules: Rules, client: Client, day: Days, deal_closed: bool) -> str:
    """The volume category: C by itself until the first deal closes, then by turnover."""
    return volume_category.of(rules, client, day) if deal_closed else PINNED
