"""Dimension `lifecycle` (`streams.domain.lifecycle`)."""

from typing import Final

from streams.domain import activity, documents, first_deal_closed, lifecycle, sentences
from streams.domain.categories.category import Category, Move
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View

_NAMES: Final = {
    lifecycle.POTENTIAL: Text("potential", "потенциальный"),
    lifecycle.NEW: Text("new", "новый"),
    lifecycle.ACTIVE: Text("active", "активный"),
    lifecycle.LOST: Text("lost", "потерянный"),
}


def _publish(decided: Decided, stage: str) -> None:
    decided.categories.lifecycle = stage


def _closed(view: View) -> bool:
    """Lost because somebody said the client is closed."""
    return 0 < view.profile.closed_on <= view.day and view.lifecycle == lifecycle.LOST


def _decided_by(view: View, move: Move) -> list[str]:
    if move.after == lifecycle.LOST:
        return ["client_closed"] if _closed(view) else ["inactive_days"]
    if move.before == lifecycle.LOST and move.after == lifecycle.ACTIVE:
        return ["inactive_days"]
    if move.after == lifecycle.ACTIVE or (move.after == lifecycle.NEW and move.before != lifecycle.POTENTIAL):
        return ["first_deal"]
    return ["documents"]


def _because(rules: Rules, client: Client, view: View, move: Move) -> list[Because]:
    (measure,) = _decided_by(view, move)
    most = rules.facts_named_max
    if measure == "client_closed":
        ids = sorted(client.facts.about.closings)
        live = [name for name in ids if client.facts.about.closings[name].day == view.profile.closed_on]
        return [Because("lifecycle.client_closed", "none", sentences.iso(view.profile.closed_on), live[:most])]
    if measure == "inactive_days":
        days = view.day - lifecycle.last_seen(client, view.day, view.profile)
        facts = activity.last_fact(client, view.day)
        observed = str(days) if days < view.day else "never"
        return [Because("lifecycle.inactive_days", str(rules.lost_after_days), observed, facts)]
    if measure == "first_deal":
        ids = first_deal_closed.ids(rules, client, view.day)
        return [Because("lifecycle.first_deal", "closed", "closed" if view.deal_closed else "open", ids[:most])]
    signed = documents.ever_signed(documents.as_of(rules, client, view.day))
    facts = documents.signing_ids(rules, client, view.day)
    return [Because("lifecycle.documents", str(len(documents.REQUIRED)), str(len(signed)), facts[:most])]


def _why(rules: Rules, client: Client, view: View, move: Move) -> Text:
    (measure,) = _decided_by(view, move)
    if measure == "client_closed":
        on = sentences.calendar_date(view.profile.closed_on)
        return Text(f"closed on {on.en}", f"закрыт {on.ru}")
    if measure == "inactive_days":
        if move.after == lifecycle.ACTIVE:
            return Text("it buys or sells again", "снова покупает или продаёт")
        days = sentences.days(rules.lost_after_days)
        return Text(f"no dispatch and no sale for more than {days.en}", f"более {days.ru} нет ни отгрузок, ни продаж")
    if measure == "first_deal":
        if view.deal_closed:
            return Text("the first deal is closed", "первая сделка закрыта")
        return Text("the first deal is not closed", "первая сделка не закрыта")
    if move.after == lifecycle.POTENTIAL:
        return Text("not both documents are signed", "подписаны не оба документа")
    return Text("both documents are signed", "оба документа подписаны")


def _said(rules: Rules, client: Client, view: View, move: Move) -> Text:
    assert isinstance(move.before, str) and isinstance(move.after, str)
    before, after, why = _NAMES[move.before], _NAMES[move.after], _why(rules, client, view, move)
    return Text(
        f"The client is now {after.en}, before {before.en}: {why.en}.",
        f"Клиент теперь {after.ru}, был {before.ru}: {why.ru}.",
    )


LIFECYCLE = Category(
    "lifecycle",
    lambda view: view.lifecycle,
    lambda decided: decided.categories.lifecycle,
    _publish,
    _decided_by,
    _because,
    _said,
)
