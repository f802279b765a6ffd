"""What a draft of the policy would change, as tables for a person."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from streams.cli.explain.plain import clean, moment
from streams.cli.explain.words import Say

ROWS_MAX: Final = 20
"""Clients listed in a table; --json has all."""
_STATUS: Final = "client.status"
"""Moves with everything else; what else moved says more."""
_WORDS: Final = {
    "head": (
        "Draft version {draft} against version {in_force} in force: {records} records of {clients} clients, as of {at}",
        "Проект, версия {draft}, против действующей версии {in_force}: записей {records}, клиентов {clients}, на {at}",
    ),
    "from": ("The draft is in force from {at} on.", "Проект действует с {at}."),
    "nothing": ("No client would be blocked or released.", "Никто не будет заблокирован или разблокирован."),
    "blocked": ("Would be blocked: {count}", "Будут заблокированы: {count}"),
    "released": ("Would be released: {count}", "Будут разблокированы: {count}"),
    "other": ("Blocked for other reasons: {count}", "Заблокированы по другим причинам: {count}"),
    "categories": ("Categories that move: {count}", "Изменятся категории: {count}"),
    "outputs": ("Outputs that differ", "Отличия в публикациях"),
    "same": ("Everything published is the same.", "Публикации те же."),
    "sample": ("The first of each", "Первые из них"),
    "type": ("type", "вид"),
    "only_in_force": ("only in force", "только сейчас"),
    "only_draft": ("only under the draft", "только по проекту"),
    "in_force": ("now  ", "сейчас"),
    "draft": ("draft", "проект"),
    "more": ("and {count} more; --json lists all", "и ещё {count}; все — с --json"),
}


def page(told: dict[str, Any], language: str) -> Iterator[RenderableType]:
    """The parts of the page, from top to bottom; `told` is the document of `--json`."""
    say, index = Say(language), int(language == "ru")

    def word(key: str, **fields: object) -> str:
        return _WORDS[key][index].format(**fields)

    head = {"draft": told["draft"]["version"], "in_force": told["in_force"]["version"], "at": moment(told["as_of"])}
    yield Text(word("head", **head, records=f"{told['records']:,}", clients=f"{told['clients']:,}"), style="bold")
    if told["draft_from"] is not None:
        yield Text(word("from", at=moment(told["draft_from"])))
    if not told["blocked"] and not told["released"]:
        yield Text("")
        yield Text(word("nothing"), style="green")
    for name, style in (("blocked", "red"), ("released", "green")):
        if told[name]:
            yield Text("")
            yield Text(word(name, count=len(told[name])), style=f"bold {style}")
            yield _clients(told[name], say)
            yield from _more(len(told[name]), word)
    if told["other_conditions"]:
        yield Text("")
        yield Text(word("other", count=len(told["other_conditions"])), style="bold")
        yield _other(told["other_conditions"], say)
        yield from _more(len(told["other_conditions"]), word)
    if told["categories"]:
        yield Text("")
        yield Text(word("categories", count=len(told["categories"])), style="bold")
        yield _categories(told["categories"], say)
    yield Text("")
    yield from _outputs(told["outputs"], say, word)


def _more(count: int, word: Any) -> Iterator[Text]:
    if count > ROWS_MAX:
        yield Text(f"  {word('more', count=count - ROWS_MAX)}", style="dim")


def _clients(clients: list[dict[str, Any]], say: Say) -> Table:
    table = _table()
    for client in clients[:ROWS_MAX]:
        reasons = ", ".join(say(reason) for reason in client["conditions"])
        said = (client["explanation"] or {}).get(say.language, "")
        table.add_row(Text(clean(client["client_id"]), "cyan"), Text(reasons), Text(clean(said), "dim"))
    return table


def _other(clients: list[dict[str, Any]], say: Say) -> Table:
    table = _table()
    for client in clients[:ROWS_MAX]:
        sides = [", ".join(say(reason) for reason in client[side]) or say("no") for side in ("in_force", "draft")]
        table.add_row(Text(clean(client["client_id"]), "cyan"), Text(" → ".join(sides)))
    return table


def _categories(moves: list[dict[str, Any]], say: Say) -> Table:
    """How many clients move from where to where, and who the first are."""
    counts: Counter[tuple[str, str, str]] = Counter()
    names: dict[tuple[str, str, str], list[str]] = {}
    for move in moves:
        step = move["dimension"], _short(move["from"]), _short(move["to"])
        counts[step] += 1
        names.setdefault(step, []).append(clean(move["client_id"]))
    table = _table()
    for step, count in sorted(counts.items()):
        dimension, before, after = step
        who = ", ".join(names[step][:5]) + (" …" if count > 5 else "")
        table.add_row(Text(say(dimension)), Text(f"{before} → {after}"), Text(str(count)), Text(who, "dim"))
    return table


def _outputs(outputs: dict[str, Any], say: Say, word: Any) -> Iterator[RenderableType]:
    if not outputs["counts"]:
        yield Text(word("same"), style="green")
        return
    yield Text(word("outputs"), style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    table.add_column("")
    table.add_column(word("type"))
    table.add_column(word("only_in_force"), justify="right")
    table.add_column(word("only_draft"), justify="right")
    for count in outputs["counts"]:
        table.add_row("", count["type"], str(count["only_in_force"]), str(count["only_draft"]))
    yield table
    telling = [sample for sample in outputs["sample"] if sample["type"] != _STATUS]
    if not telling:
        return
    yield Text("")
    yield Text(word("sample"), style="bold")
    samples = _table()
    for sample in telling:
        said = (sample["explanation"] or {}).get(say.language) or sample["type"]
        when = moment(sample["effective_at"]) if sample["effective_at"] else ""
        client = Text(clean(str(sample["client_id"])), "cyan")
        samples.add_row(Text(word(sample["published_under"])), Text(when, "dim"), client, Text(clean(said)))
    yield samples


def _table() -> Table:
    """A grid below its title."""
    table = Table.grid(padding=(0, 2))
    table.pad_edge = True
    return table


def _short(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(part)}" for name, part in value.items())
    return ", ".join(map(_short, value)) if isinstance(value, list) else clean(str(value))
