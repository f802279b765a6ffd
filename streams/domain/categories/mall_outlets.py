"""Dimension `mall_outlets` (`streams.domain.mall_outlets`), one number a territory."""

from streams.domain import mall_outlets, outlets, sentences
from streams.domain.categories.category import Category, Move, Scope
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View


def _publish(decided: Decided, counts: dict[str, int]) -> None:
    decided.categories.mall_outlets = counts


def _moves(before: dict[str, int], after: dict[str, int]) -> list[Move]:
    return [
        Move(before.get(territory, 0), after.get(territory, 0), Scope("territory", territory))
        for territory in sorted(dict.fromkeys([*before, *after]))
        if before.get(territory, 0) != after.get(territory, 0)
    ]


def _because(rules: Rules, client: Client, view: View, move: Move) -> list[Because]:
    assert move.scope is not None
    territory = move.scope.id
    malls = [mall for mall, place in rules.mall_territories.items() if place == territory]
    found = mall_outlets.ids(rules, outlets.details(rules, client, view.day), territory)
    named = ", ".join(malls[: rules.facts_named_max]) or "none"
    return [Because("mall_outlets", named, str(len(found)), found[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View, move: Move) -> Text:
    assert move.scope is not None and isinstance(move.before, int) and isinstance(move.after, int)
    count = sentences.outlets(move.after)
    return Text(
        f"In large malls of {move.scope.id}: {count.en}, before {move.before}.",
        f"В крупных торговых центрах ({move.scope.id}): {count.ru}, было {move.before}.",
    )


MALL_OUTLETS = Category(
    "mall_outlets",
    lambda view: view.profile.mall_outlets,
    lambda decided: decided.categories.mall_outlets,
    _publish,
    lambda view, move: ["outlets"],
    _because,
    _said,
    _moves,
)
