"""Dimension `sales_type` (`streams.domain.sales_type`)."""

from typing import Final

from streams.domain import sales_type, sentences
from streams.domain.categories.category import Category, Move
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.registration import fact_in_force
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View

_NAMES: Final = {
    sales_type.WHOLESALER: Text("wholesaler", "оптовик"),
    sales_type.CHAIN: Text("chain", "сеть"),
    sales_type.SINGLE: Text("single", "одиночный"),
    None: Text("none", "нет"),
}


def _publish(decided: Decided, kind: str | None) -> None:
    decided.categories.sales_type = kind


def _decided_by(view: View, move: Move) -> list[str]:
    return ["registration"] if move.after == sales_type.WHOLESALER else ["outlets"]


def _because(rules: Rules, client: Client, view: View, move: Move) -> list[Because]:
    if move.after == sales_type.WHOLESALER:
        found = fact_in_force(client, view.day)
        return [Because("sales_type.wholesaler", "true", "true", [found[0]] if found else [])]
    active = view.profile.outlets_active
    above, named = str(rules.chain_above_outlets), active[: rules.facts_named_max]
    return [Because("sales_type.outlets", above, str(len(active)), named)]


def _said(rules: Rules, client: Client, view: View, move: Move) -> Text:
    assert not isinstance(move.before, int | list) and not isinstance(move.after, int | list)
    before, after = _NAMES[move.before], _NAMES[move.after]
    if move.after == sales_type.WHOLESALER:
        why = Text("by its registration", "по регистрации")
    else:
        why = sentences.outlets(len(view.profile.outlets_active))
    return Text(
        f"Sales type changes from {before.en} to {after.en}: {why.en}.",
        f"Тип продаж изменён: был «{before.ru}», стал «{after.ru}»: {why.ru}.",
    )


SALES_TYPE = Category(
    "sales_type",
    lambda view: view.profile.sales_type,
    lambda decided: decided.categories.sales_type,
    _publish,
    _decided_by,
    _because,
    _said,
)
