"""The stop list and the digest as pages for paper and screen, as tables for spreadsheets and as text."""

import csv
import io
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from streams.cli.stop_list.reading import Day, Stopped

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "stop_list": ("Stop list", "Стоп-лист"),
    "do_not_ship": ("Do not ship to these clients", "Этим клиентам не отгружать"),
    "as_of": ("as of", "по состоянию на"),
    "clients": ("clients", "клиентов"),
    "client": ("Client", "Клиент"),
    "since": ("Since", "С"),
    "why": ("Why", "Почему"),
    "lifted": ("Lifted by", "Что снимет"),
    "debt": ("Owes", "Долг"),
    "overdue": ("Overdue, days", "Просрочка, дней"),
    "nobody": ("Nobody is on the stop list.", "В стоп-листе никого нет."),
    "paper_ages": (
        "Paper grows old: a client may have been stopped or released since. Before a truck leaves, ask the system.",
        "Бумага стареет: клиента могли с тех пор остановить или разрешить. Перед отправкой спросите систему.",
    ),
    "page": ("Page", "Стр."),
    "digest": ("Digest of", "Итоги дня"),
    "blocked": ("Stopped", "Остановлены"),
    "released": ("Released", "Разрешены"),
    "refused": ("Requests refused", "Отказы по заявкам"),
    "alerts": ("Left and should not have", "Ушло, хотя не должно было"),
    "moves": ("Moved between categories", "Переходы между категориями"),
    "nothing": ("none", "нет"),
    "payment": ("payment of", "оплата"),
    "date": ("by itself on", "само собой"),
    "document": ("document", "документ"),
    "person": ("decision of", "решение"),
    "manager": ("a manager", "руководителя"),
    "director": ("the director", "директора"),
    "cooperation_agreement": ("cooperation agreement", "соглашение о сотрудничестве"),
    "supply_contract": ("supply contract", "договор поставки"),
}
_environment: Final = Environment(
    loader=PackageLoader("streams.cli.stop_list", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Words:
    """The fixed words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __getitem__(self, key: str) -> str:
        return _WORDS[key][self.language == "ru"] if key in _WORDS else key

    def explanation(self, event: dict[str, Any]) -> str:
        """What the event says of itself."""
        return " ".join(str((event.get("explanation") or {}).get(self.language, "")).split())

    def lifted_by(self, condition: dict[str, Any]) -> list[str]:
        """What ends a condition, each way in a few words."""
        return [self._way(way) for way in condition.get("lifted_by", ())]

    def _way(self, way: dict[str, Any]) -> str:
        kind = str(way.get("kind"))
        if kind == "payment":
            return f"{self['payment']} {money(way.get('amount'))} {way.get('currency')}"
        if kind == "date":
            return f"{self['date']} {moment(way.get('at'))}"
        if kind == "document":
            return f"{self['document']}: {', '.join(self[name] for name in way.get('documents', ()))}"
        return f"{self['person']} {self[str(way.get('role'))]}" if kind == "person" else kind


def money(amount: Any) -> str:
    """`1 234 567.50`, with spaces that do not break."""
    whole, point, cents = str(amount or "").partition(".")
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)]
    return "\u00a0".join(reversed(groups)) + point + cents


def moment(instant: Any) -> str:
    """`2026-03-01 12:00`, in the company's zone as published."""
    return str(instant or "")[:16].replace("T", " ")


def stop_list_html(stopped: list[Stopped], at: datetime, language: str) -> str:
    """A page that prints on A4."""
    page = _environment.get_template("stop_list.html")
    return page.render(
        stopped=stopped, at=at.strftime("%Y-%m-%d %H:%M %Z"), say=Words(language), money=money, moment=moment
    )


def digest_html(day: str, found: Day, at: datetime, language: str) -> str:
    """A page that prints on A4."""
    page = _environment.get_template("digest.html")
    sections = sections_of(found)
    return page.render(day=day, sections=sections, names=found.names, say=Words(language), moment=moment,
                       at=at.strftime("%Y-%m-%d %H:%M %Z"))  # fmt: skip


def sections_of(found: Day) -> list[tuple[str, list[dict[str, Any]]]]:
    """The digest's parts with their names, in order of weight."""
    return [
        ("alerts", found.alerts),
        ("blocked", found.blocked),
        ("released", found.released),
        ("refused", found.refused),
        ("moves", found.moves),
    ]


def stop_list_csv(stopped: list[Stopped]) -> str:
    """A row a client, reasons by their names in the contract."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["client_id", "name", "since", "reasons", "outstanding", "currency", "overdue_days", "explanation_en",
         "explanation_ru"]
    )  # fmt: skip
    for one in stopped:
        status, said = one.status, one.block.get("explanation") or {}
        reasons = " ".join(condition["reason"] for condition in one.block.get("conditions", ()))
        row = [one.client_id, one.name, one.since, reasons, status.get("outstanding", ""), status.get("currency", ""),
               status.get("overdue_days_current", ""), said.get("en", ""), said.get("ru", "")]  # fmt: skip
        writer.writerow(["'" + cell if str(cell).startswith(("=", "+", "-", "@")) else cell for cell in row])
    return out.getvalue()


def digest_text(day: str, found: Day, language: str, zone: ZoneInfo) -> str:
    """Lines for a terminal or a mail."""
    say = Words(language)
    lines = [f"{say['digest']} {day} ({zone.key})"]
    for name, events in sections_of(found):
        lines.append(f"{say[name]}: {len(events) or say['nothing']}")
        for event in events:
            who = found.names.get(event["client_id"]) or event["client_id"]
            lines.append(f"  {moment(event['effective_at'])[11:]}  {who}  {say.explanation(event)}")
    return "\n".join([*lines, ""])
