"""One line for a person of each kind of output, in English or Russian."""

from typing import Any, Final

from streams.cli.terminal import Paint

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "BLOCKED": ("BLOCKED ", "ЗАПРЕТ   "),
    "RELEASED": ("RELEASED", "РАЗРЕШЕНО"),
    "shipment.approved": ("APPROVED ", "РАЗРЕШЕНО"),
    "shipment.refused": ("REFUSED  ", "ОТКАЗ    "),
    "shipment.approval_expired": ("EXPIRED  ", "ИСТЕКЛО  "),
    "shipment.approval_withdrawn": ("WITHDRAWN", "ОТОЗВАНО "),
    "ALERT": ("ALERT", "ТРЕВОГА"),
    "repeated": ("(asked before)", "(повторно)"),
    "blocked": ("blocked", "запрет  "),
    "free": ("free   ", "свободен"),
    "risk_group": ("risk_group", "группа риска"),
    "volume": ("volume", "объём"),
    "group": ("group", "группа"),
    "outstanding": ("outstanding", "долг"),
    "unapplied": ("unapplied", "не разнесено"),
    "overdue": ("overdue", "просрочка"),
    "next_change": ("next change", "следующая перемена"),
    "correction": ("(correction)", "(поправка)"),
}

_COLOURS: Final = {"shipment.approved": "green", "shipment.refused": "red", "shipment.approval_withdrawn": "red"}


def block_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """Blocked or released, and why."""
    blocked = event.get("type") == "shipment.blocked"
    key, colour = ("BLOCKED", "red") if blocked else ("RELEASED", "green")
    return f"{_head(event, paint)}  {paint(_word(key, language), colour)}  {_said(event, language)}"


def decision_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """Approved, refused, expired or withdrawn, and why."""
    kind = str(event.get("type"))
    key, colour = _word(kind, language) if kind in _WORDS else kind, _COLOURS.get(kind, "yellow")
    repeated = paint(f"  {_word('repeated', language)}", "yellow") if event.get("repeated") else ""
    return f"{_head(event, paint)}  {paint(key, colour)}{repeated}  {_said(event, language)}"


def alert_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """What left, and what was wrong about it."""
    return f"{_head(event, paint)}  {paint(_word('ALERT', language), 'red')}  {_said(event, language)}"


def category_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """What moved, from where to where, and why."""
    dimension = str(event.get("dimension"))
    named = _word(dimension, language) if dimension in _WORDS else dimension
    scope = event.get("scope") or {}
    where = f" {scope['id']}" if "id" in scope else ""
    moved = f"{named}{where} {_category(event.get('from'))} → {_category(event.get('to'))}"
    correction = paint(f" {_word('correction', language)}", "yellow") if event.get("correction") else ""
    return f"{_head(event, paint)}  {paint(moved, 'bold')}{correction}  {_said(event, language)}"


def _category(value: Any) -> str:
    """A category as one word or a few: none when there is none."""
    if isinstance(value, list):
        return "+".join(map(str, value)) or "–"
    return "–" if value is None else str(value)


def status_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """Blocked or free, group, volume, money, and what comes next."""
    key, colour = ("blocked", "red") if event.get("blocked") else ("free", "green")
    categories, currency = event.get("categories") or {}, event.get("currency")
    parts = [
        f"{_word('group', language)} {categories.get('risk_group')}",
        f"{_word('volume', language)} {categories.get('volume')}",
        f"{_word('outstanding', language)} {event.get('outstanding')} {currency}",
    ]
    if str(event.get("unapplied") or "").strip("0."):
        parts.append(f"{_word('unapplied', language)} {event['unapplied']} {currency}")
    days = event.get("overdue_days_current")
    if days:
        parts.append(paint(f"{_word('overdue', language)} {days} {_days(days, language)}", "yellow"))
    coming = event.get("next_change")
    if coming:
        parts.append(f"{_word('next_change', language)} {_moment(coming.get('at'))}")
    word = paint(_word(key, language), colour)
    return f"{_head(event, paint)}  {word}  {', '.join(parts)}  {_said(event, language)}".rstrip()


def _head(event: dict[str, Any], paint: Paint) -> str:
    return f"{paint(_moment(event.get('effective_at')), 'dim')}  {paint(event['client_id'], 'cyan')}"


def _moment(instant: Any) -> str:
    """`2026-03-01 12:00`, in the company's zone as published."""
    return str(instant or "")[:16].replace("T", " ")


def _said(event: dict[str, Any], language: str) -> str:
    explanation = event.get("explanation") or {}
    return " ".join(str(explanation.get(language, "")).split())


def _word(key: str, language: str) -> str:
    return _WORDS[key][language == "ru"]


def _days(count: int, language: str) -> str:
    if language != "ru":
        return "day" if count == 1 else "days"
    if count % 10 == 1 and count % 100 != 11:
        return "день"
    return "дня" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "дней"
