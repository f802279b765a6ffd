"""Dimension `volume` (`streams.domain.volume_category`); C by itself until the first deal closes."""

from streams.domain import explanation, first_deal_closed, grounds, volume_category
from streams.domain.categories.category import Category, Move
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View


def _publish(decided: Decided, category: str) -> None:
    decided.volume = category


def _decided_by(view: View, move: Move) -> list[str]:
    return ["turnover"] if view.deal_closed else ["first_deal"]


def _because(rules: Rules, client: Client, view: View, move: Move) -> list[Because]:
    if not view.deal_closed:
        return [Because("volume.first_deal", "closed", "open", first_deal_closed.ids(rules, client, view.day))]
    return [grounds.of_volume(rules, client, view)]


def _said(rules: Rules, client: Client, view: View, move: Move) -> Text:
    assert isinstance(move.before, str)
    if not view.deal_closed:
        return Text(
            f"Volume category falls from {move.before} to {view.volume}: the first deal is open again.",
            f"Категория по объёму понижена с {move.before} до {view.volume}: первая сделка снова открыта.",
        )
    month, turnover = volume_category.deciding(rules, client, view.day)
    return explanation.volume_changed(move.before, view.volume, month, turnover, rules.currency)


VOLUME = Category(
    "volume", lambda view: view.volume, lambda decided: decided.volume, _publish, _decided_by, _because, _said
)
