"""Whether a client is past its first deal, in one place for what depends on it: the lifecycle and the pinned volume."""

from typing import Final

from streams.domain import first_deal, volume_category
from streams.domain.client_facts import Profile
from streams.domain.fact import Days
from streams.domain.policy import Rules
from streams.domain.state import Client

PINNED: Final = "C"
"""Source: «При первой сделке Клиенту автоматически присваивается категория «С»»."""


def closed(rules: Rules, client: Client, day: Days, profile: Profile) -> bool:
    """Whether the first deal is closed on `day`, or was before the opening balances."""
    if first_deal.known_closed(client, day):
        return True
    if profile.opened_as in ("active", "lost"):
        return True
    if not client.facts.dispatches:
        return False
    deal = first_deal.of(rules, client, day)
    return deal is not None and not deal.open


def ids(rules: Rules, client: Client, day: Days) -> list[str]:
    """The id of the first deal; empty without one."""
    deal = first_deal.of(rules, client, day)
    return [] if deal is None else [deal.id]


def volume(rules: Rules, client: Client, day: Days, deal_closed: bool) -> str:
    """The volume category: C by itself until the first deal closes, then by turnover."""
    return volume_category.of(rules, client, day) if deal_closed else PINNED
