"""The story of a client as a page for a person: where it stands, why, what comes next, and how it came about."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.cli.explain.events import lines_of_timeline
from streams.cli.explain.plain import clean, moment
from streams.cli.explain.status_rows import in_words
from streams.cli.explain.words import Say

_TURNOVER_MONTHS: Final = 13
_MONEY: Final = ("outstanding", "unapplied", "exposure", "limit")
_COUNTS: Final = ("violations", "overdue_days_longest", "overdue_days_current", "overdue_since")
_NOTHING: Final[tuple[Any, ...]] = (None, [], {}, 0, "0.00")
_SHOWN: Final = (
    "reservations_count",
    "conditions",
    "next_change",
    "categories",
    "open_obligations",
    "currency",
    *_MONEY,
    *_COUNTS,
)
_COMMON: Final = (
    "type", "id", "client_id", "sequence", "effective_at", "cause", "because", "correction", "policy", "rules_version",
    "explanation", "as_of", "blocked", "open_obligations_count",
)  # fmt: skip


def page(told: dict[str, Any], language: str) -> Iterator[RenderableType]:
    """The parts of the page, from top to bottom; `told` is the document of `--json`."""
    say = Say(language)
    yield _head(told, say)
    yield from _part(say("now"), _now(told["status"], say))
    yield from _part(say("conditions"), _conditions(told["conditions"], say))
    yield from _part(say("next"), [_next(told["next_change"], say)])
    if told["obligations"]:
        yield from _part(say("obligations"), [_obligations(told["obligations"], say)])
    for line in told["obligations_left_out"]:
        yield Text(f"  {line}", style="dim")
    if told["turnover"]:
        yield from _part(say("turnover"), [_turnover(told["turnover"][-_TURNOVER_MONTHS:], told["status"])])
    yield from _part(say("story"), [lines_of_timeline(told["timeline"], say)])


def show(parts: Iterable[RenderableType], console: Console) -> str:
    """The page as text of the console's width, without spaces at the ends of lines."""
    with console.capture() as captured:
        for part in parts:
            console.print(part, highlight=False, markup=False)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _part(title: str, body: list[RenderableType]) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(title, style="bold")
    for part in body:
        grid = Table.grid(padding=0)
        grid.add_column(width=2)
        grid.add_column()
        grid.add_row("", part)
        yield grid


def _head(told: dict[str, Any], say: Say) -> RenderableType:
    text = Text()
    name = told["name"]
    if name:
        text.append(clean(name), style="bold cyan")
        text.append(f" ({clean(told['client_id'])})")
    else:
        text.append(clean(told["client_id"]), style="bold cyan")
    text.append(f"  {say('as_of')} {moment(told['as_of'])}", style="dim")
    text.append(f"  {say('policy')} {told['policy']['version']}", style="dim")
    return text


def _now(status: dict[str, Any], say: Say) -> list[RenderableType]:
    blocked = status["blocked"]
    sentence = Text(said_of(status, say) or "")
    sentence.stylize("bold red" if blocked else "bold green")
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True, style="dim")
    facts.add_column()
    for dimension, value in status["categories"].items():
        _add(facts, dimension, value, say)
    for name in _COUNTS:
        facts.add_row(say(name), _value(status.get(name)))
    for name in _MONEY:
        value = status.get(name)
        facts.add_row(say(name), say("no") if value is None else f"{value} {status['currency']}")
    for name, value in status.items():  # what rules of later versions say as well
        if name not in _SHOWN and name not in _COMMON and value not in _NOTHING:
            _add(facts, name, f"{value} {status['currency']}" if name == "reserved" else value, say)
    return [sentence, facts]


def _add(facts: Table, name: str, value: Any, say: Say) -> None:
    """The lines of one part of the status, the first beside its name."""
    lines = in_words(name, value, say) or [_value(value) if not isinstance(value, str) else say(clean(value))]
    for number, line in enumerate(lines):
        facts.add_row("" if number else say(name), line)


def _conditions(conditions: list[dict[str, Any]], say: Say) -> list[RenderableType]:
    if not conditions:
        return [Text(say("no_conditions"), style="green")]
    parts: list[RenderableType] = []
    for condition in conditions:
        title = Text(say(condition["reason"]), style="bold red")
        title.append(f"  {say('since')} {moment(condition['since'])}", style="dim")
        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=1)
        grid.add_column()
        grid.add_row("", Text(said_of(condition, say) or ""))
        for ground in condition.get("because", ()):
            text = Text(
                say("grounds", **{name: clean(str(ground[name])) for name in ("rule", "observed", "threshold")})
            )
            if ground["facts"]:
                text.append(f" ({', '.join(map(clean, ground['facts']))})")
            text.stylize("dim")
            grid.add_row("", text)
        ways = "; ".join(filter(None, (_lift(lift, say) for lift in condition.get("lifted_by", ()))))
        if ways:
            grid.add_row("", Text(f"{say('lifted_by')} {ways}", style="yellow"))
        parts.append(Group(title, grid))
    return parts


def _lift(lift: dict[str, Any], say: Say) -> str:
    """One way out; kinds of later versions are told by their fields."""
    kind = lift["kind"]
    if kind == "payment":
        ids = ", ".join(map(clean, lift["obligations"]))
        said = say("lifts_payment", amount=lift["amount"], currency=lift["currency"])
        return said + (say("lifts_for", obligations=ids) if ids else "")
    if kind == "date":
        return say("lifts_date", at=moment(lift["at"]))
    if kind == "person":
        return say("lifts_person", role=say(lift["role"]))
    if kind == "document":
        return say("lifts_document", document=", ".join(say(str(name)) for name in lift["documents"]))
    return f"{say(kind)} {' '.join(_value(value) for name, value in lift.items() if name != 'kind')}"


def _next(change: dict[str, Any] | None, say: Say) -> RenderableType:
    if change is None:
        return Text(say("nothing_next"))
    said = []
    for one in change["changes"]:
        if "condition" in one:
            said.append(say(one["change"], condition=say(one["condition"])))
        else:
            dimension = say(one["dimension"])
            scope = one.get("scope")
            dimension += f" ({_value(scope)})" if scope else ""
            moves = {name: say(_value(one[name])) for name in ("from", "to")}
            said.append(say("moves", dimension=dimension, **moves))
    return Text(f"{moment(change['at'])}  {', '.join(said)}")


def _obligations(obligations: list[dict[str, Any]], say: Say) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for name in ("obligation", "due"):
        table.add_column(say(name))
    for name in ("amount", "outstanding", "overdue_days"):
        table.add_column(say(name), justify="right")
    table.add_column(say("episodes"))
    for one in obligations:
        style = "" if one["outstanding"] == "0.00" else "red" if one["overdue_days"] else "bold"
        when = ", ".join(first if first == last else f"{first} … {last}" for first, last in one["episodes"])
        row = (one["obligation_id"], one["due_date"], one["amount"], one["outstanding"], str(one["overdue_days"]), when)
        table.add_row(*(Text(clean(cell)) for cell in row), style=style)
    return table


def _turnover(months: list[dict[str, str]], status: dict[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(justify="right")
    for month in months:
        table.add_row(month["month"], f"{month['amount']} {status['currency']}")
    return table


def said_of(output: dict[str, Any], say: Say) -> str | None:
    """The sentence that the rules gave an output, on one line."""
    explanation = output.get("explanation") or {}
    text = explanation.get(say.language)
    return clean(str(text)) if text else None


def _value(value: Any) -> str:
    """Any value of a status in a few words."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(part)}" for name, part in value.items() if part is not None)
    if isinstance(value, list):
        return "; ".join(map(_value, value)) or "–"
    return clean(str(value))
