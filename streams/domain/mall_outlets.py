"""Mall outlets (source: table row 3): the client's active outlets in the policy's large malls, per territory."""

from collections.abc import Mapping

from streams.domain.outlets import Outlet
from streams.domain.policy import Rules


def of(rules: Rules, active: Mapping[str, Outlet]) -> dict[str, int]:
    """How many of the active outlets lie in large malls, by the territory of the mall, in order of territories."""
    territories = [rules.mall_territories[one.mall] for one in active.values() if one.mall in rules.mall_territories]
    return {territory: territories.count(territory) for territory in sorted(dict.fromkeys(territories))}


def ids(rules: Rules, active: Mapping[str, Outlet], territory: str) -> list[str]:
    """Ids of those of one territory, in order."""
    return [name for name, one in active.items() if rules.mall_territories.get(one.mall) == territory]
