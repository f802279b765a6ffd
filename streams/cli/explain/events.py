"""The timeline of a client's page: by day and minute what came, what it changed, and why."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from streams.cli.explain.told import told
from streams.cli.explain.words import Say

_TOGETHER_MIN: Final = 3
"""So many records of one kind in a row that changed nothing are told together."""
_STATUS: Final = "client-status"
_STYLES: Final = {
    "shipment.blocked": ("■", "red"),
    "shipment.released": ("■", "green"),
    "shipment.approved": ("+", "green"),
    "shipment.refused": ("×", "red"),
    "category.changed": ("›", "cyan"),
}
_ANY: Final = ("!", "yellow")
Line = tuple[str, str, Text]
"""(day, time of day, what is said); the first two empty below the first line of an entry."""


def lines_of_timeline(timeline: list[dict[str, Any]], say: Say) -> RenderableType:
    """A grid of day, time and sentences; a day is named once."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column()
    last_day = ""
    for day, time, text in _lines(timeline, say):
        grid.add_row("" if day == last_day else day, time, text)
        last_day = day or last_day
    return grid


def _lines(timeline: list[dict[str, Any]], say: Say) -> Iterator[Line]:
    before: dict[str, Any] = {}
    index = 0
    while index < len(timeline):
        count = _same_and_silent(timeline, index)
        if count >= _TOGETHER_MIN:
            yield _together(timeline[index : index + count], say)
            index += count
            continue
        entry = timeline[index]
        yield entry["at"][:10], entry["at"][11:16], _what_came(entry, say)
        yield from (("", "", text) for text in _what_changed(entry, before, say))
        statuses = [output for output in entry["outputs"] if output["topic"] == _STATUS]
        before = statuses[-1] if statuses else before
        index += 1


def _same_and_silent(timeline: list[dict[str, Any]], index: int) -> int:
    """How many entries from here on are accepted records of one type that changed nothing."""
    count, kind = 0, None
    for entry in timeline[index:]:
        record = entry["record"]
        if not isinstance(record, dict) or entry["outputs"] or entry["rejected"] or record.get("voided"):
            break
        if kind not in (None, record.get("type")):
            break
        kind = record.get("type")
        count += 1
    return count


def _together(entries: list[dict[str, Any]], say: Say) -> Line:
    first, last = entries[0], entries[-1]
    text = say("together", count=len(entries), type=first["record"].get("type"), last=last["at"][:10])
    currencies = {entry["record"].get("currency"): None for entry in entries}
    if len(currencies) == 1 and None not in currencies:
        amount = sum((Decimal(entry["record"]["amount"]) for entry in entries), Decimal())
        text += say("together_amount", amount=f"{amount:.2f}", currency=next(iter(currencies)))
    return first["at"][:10], first["at"][11:16], Text(text, style="dim")


def _what_came(entry: dict[str, Any], say: Say) -> Text:
    kind = entry["cause"]["kind"]
    if entry["record"] is not None:
        return Text(told(entry["record"], say.language))
    if kind == "policy":
        return Text(say("by_policy", version=entry["cause"]["version"]))
    if kind == "broadcast":
        return Text(say("by_broadcast", type=entry["cause"]["type"], id=entry["cause"]["id"]))
    known = kind if kind in ("deadline", "held") else str(entry["cause"].get("type") or kind)
    return Text(say(known), style="italic")


def _what_changed(entry: dict[str, Any], before: dict[str, Any], say: Say) -> Iterator[Text]:
    rejected = entry["rejected"]
    if rejected is not None:
        yield Text(f"× {say('not_counted')}: {rejected['reason']}. {rejected['message']}", style="yellow")
    for output in entry["outputs"]:
        if output["topic"] == _STATUS:
            yield from _money_moved(before, output, say)
        else:
            yield _output(output, say)
    if not entry["outputs"] and rejected is None and entry["record"] is not None:
        yield Text(say("nothing_changes"), style="dim")


def _output(output: dict[str, Any], say: Say) -> Text:
    """What was published, in the rules' own sentence; outputs of later versions are told by it as well."""
    sign, style = _STYLES.get(output["type"], _ANY)
    text = Text(f"{sign} ", style=style)
    word = {"shipment.blocked": "blocked", "shipment.released": "released"}.get(output["type"])
    if word:
        text.append(f"{say(word)}  ", style=f"bold {style}")
    explanation = (output.get("explanation") or {}).get(say.language)
    text.append(" ".join(str(explanation or output["type"]).split()))
    if output.get("correction"):
        text.append(f" ({say('correction')})", style="yellow")
    return text


def _money_moved(before: dict[str, Any], after: dict[str, Any], say: Say) -> Iterator[Text]:
    for name, key in (("outstanding", "money"), ("unapplied", "money_unapplied")):
        old, new = before.get(name, "0.00"), after[name]
        if old != new:
            yield Text(say(key, **{"from": old, "to": new, "currency": after["currency"]}))
