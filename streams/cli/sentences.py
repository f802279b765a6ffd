"""One line for a person of each kind of output."""

from typing import Any

from streams.cli.terminal import Paint


def block_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """Blocked or released, and why."""
    blocked = event.get("type") == "shipment.blocked"
    word = paint("BLOCKED ", "red") if blocked else paint("RELEASED", "green")
    return f"{_head(event, paint)}  {word}  {_said(event, language)}"


def category_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """What moved, from where to where, and why."""
    moved = f"{event.get('dimension')} {event.get('from')} → {event.get('to')}"
    correction = paint(" (correction)", "yellow") if event.get("correction") else ""
    return f"{_head(event, paint)}  {paint(moved, 'bold')}{correction}  {_said(event, language)}"


def status_line(event: dict[str, Any], paint: Paint, language: str) -> str:
    """Blocked or free, group, volume, money, and what comes next."""
    word = paint("blocked", "red") if event.get("blocked") else paint("free   ", "green")
    categories = event.get("categories") or {}
    parts = [
        f"group {categories.get('risk_group')}",
        f"volume {categories.get('volume')}",
        f"outstanding {event.get('outstanding')} {event.get('currency')}",
    ]
    if event.get("overdue_days_current"):
        parts.append(paint(f"overdue {event['overdue_days_current']} days", "yellow"))
    coming = event.get("next_change")
    if coming:
        parts.append(f"next change {coming.get('at')}")
    return f"{_head(event, paint)}  {word}  {', '.join(parts)}  {_said(event, language)}".rstrip()


def _head(event: dict[str, Any], paint: Paint) -> str:
    moment = str(event.get("effective_at", ""))[:16].replace("T", " ")
    return f"{paint(moment, 'dim')}  {paint(event['client_id'], 'cyan')}"


def _said(event: dict[str, Any], language: str) -> str:
    explanation = event.get("explanation") or {}
    return " ".join(str(explanation.get(language, "")).split())
