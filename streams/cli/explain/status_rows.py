"""Parts of a status that are lists or records, each in the words of a person: one line an item."""

from collections.abc import Callable
from typing import Any, Final

from streams.cli.explain.plain import clean, moment
from streams.cli.explain.words import Say


def document(row: dict[str, Any], say: Say) -> str:
    """`supply contract 18-26, original of 2026-02-09, in force`."""
    form, counts = say(str(row.get("form"))), say("in_force" if row.get("in_force") else "not_in_force")
    name, number = say(str(row.get("document"))), clean(str(row.get("number")))
    return say("document_row", name=name, number=number, form=form, on=row.get("on"), counts=counts)


def _reservation(row: dict[str, Any], say: Say) -> str:
    until = moment(str(row.get("reserved_until")))
    return say("reservation_row", shipment=clean(str(row.get("shipment_id"))), amount=row.get("amount"), until=until)


def _override(row: dict[str, Any], say: Say) -> str:
    what = ", ".join(say(str(reason)) for reason in row.get("conditions", ()))
    scope = ""
    if row.get("shipment_id"):
        scope = say("override_shipment", shipment=clean(str(row["shipment_id"])))
    elif row.get("amount_max"):
        scope = say("override_amount", used=row.get("amount_used"), most=row["amount_max"])
    until, author = moment(str(row.get("expires_at"))), clean(str(row.get("author")))
    return say("override_row", id=clean(str(row.get("id"))), what=what, scope=scope, until=until, author=author)


def _mall(row: dict[str, Any], say: Say) -> str:
    return f"{clean(str(row.get('territory')))}: {row.get('outlets')}"


def _importance(row: dict[str, Any], say: Say) -> str:
    scope = row.get("scope") or {}
    return f"{clean(str(scope.get('id')))}: {say(str(row.get('importance')))}"


_ROWS: Final[dict[str, Callable[[dict[str, Any], Say], str]]] = {
    "documents": document,
    "reservations": _reservation,
    "overrides": _override,
    "mall_outlets": _mall,
    "importance": _importance,
}


def in_words(name: str, value: Any, say: Say) -> list[str] | None:
    """The lines of a part of the status; None when nothing is known of it here."""
    if name == "first_deal" and isinstance(value, dict):
        deal = {"deal": clean(str(value.get("deal_id"))), "state": say(f"deal_{value.get('state')}")}
        money = {"taken": value.get("rrp_dispatched"), "most": value.get("entitlement")}
        return [say("deal_row", **deal, **money)]
    row = _ROWS.get(name)
    if row is None or not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        return None
    return [row(item, say) for item in value]
