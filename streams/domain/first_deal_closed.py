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


def not_closed_before(rules: Rules, client: Client, day: Days, now: Instant) -> Deal | None:
    """The first deal as of `now` on `day`; None when none has started, or it was closed on an earlier day."""
    if first_deal.known_closed(client, day) or not (client.facts.dispatches or client.decided.deal):
        return None
    return first_deal.of(rules, client, day, now)


def closed(client: Client, day: Days, profile: Profile, deal: Deal | None) -> bool:
    """Whether the first deal is closed on `day`, or was before the opening balances; `deal` as found above."""
    if deal is not None:
        return not deal.open
    return first_deal.known_closed(client, day) or profile.opened_as in ("active", "lost")


def ids(rules: Rules, client: Client, day: Days) -> list[str]:
    """The id of the first deal; empty without one."""
    deal = first_deal.of(rules, client, day)
    return [] if deal is None else [deal.id]


def volume(rules: Rules, client: Client, day: Days, deal_closed: bool) -> str:
    """The volume category: C by itself until the first deal closes, then by turnover."""
    return volume_category.of(rules, client, day) if deal_closed else PINNED
