"""The picture of a board, drawn with rich; as many of the last decisions as the terminal has room for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.align import Align
from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from streams.cli.demo.board import RISK_GROUPS, Board, Coming, Decision
from streams.cli.demo.words import Language, change_in_words, counted, how_long, moment, number, set_aside, word
from streams.cli.simulator.names import Name

_GROUP_STYLES: Final = ("green", "yellow", "dark_orange", "red")
_WIDE: Final = 110
_BAR_WIDTH: Final = 20
_BAR_WIDTH_NARROW: Final = 12
_COMING_SHOWN: Final = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """What the picture needs beside the board."""

    now: datetime
    """The simulated present, in the company's zone."""
    sent: int
    events_per_second: float
    hours_per_second: float
    """Speed of the simulated clock."""
    bootstrap: str
    note: str = ""
    """Shown beside the clock: what is going on before the show."""
    page: str = ""
    """Address of the page, once it can be opened."""


def draw(board: Board, frame: Frame, language: Language, width: int) -> RenderableType:
    """The whole screen; on one less than 110 columns wide with fewer words."""
    narrow = width < _WIDE
    footer = _footer(board, frame, language, narrow)
    screen = Layout()
    screen.split_column(
        Layout(_header(frame, language, narrow), name="header", size=3),
        Layout(name="middle", size=9),
        Layout(_decisions(board, language, narrow), name="decisions"),
        Layout(Padding(Group(*footer), (0, 1)), name="footer", size=len(footer)),
    )
    screen["middle"].split_row(
        Layout(_groups(board, language, narrow), name="groups", ratio=3),
        Layout(_coming(board, frame, language, narrow), name="coming", ratio=5),
    )
    return screen


def _header(frame: Frame, language: Language, narrow: bool) -> RenderableType:
    row = Table.grid(expand=True, padding=(0, 1))
    row.add_column(ratio=None if narrow else 1, no_wrap=True, overflow="ellipsis")
    row.add_column(justify="center", no_wrap=True)
    row.add_column(justify="right", ratio=1, no_wrap=True)
    sent, _, events = counted(frame.sent, "events", language).rpartition(" ")
    rate = Text.assemble(
        (number(frame.events_per_second, language), "bold cyan"),
        f" {word('events_per_second', language)} · ",
        (sent, "bold"),
        f" {events}",
    )
    clock = Text(moment(frame.now, language, year=True), style="bold")
    if frame.note:
        clock.append(f" · {frame.note}", style="not bold dim")
    row.add_row(Text(word("title_narrow" if narrow else "title", language), style="bold"), clock, rate)
    return Panel(row, border_style="blue")


def _groups(board: Board, language: Language, narrow: bool) -> RenderableType:
    counts = [board.in_group(group) for group in RISK_GROUPS]
    most = max(*counts, 1)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(style="dim", no_wrap=True)
    for group, count in zip(RISK_GROUPS, counts, strict=True):
        style = _GROUP_STYLES[group]
        length = max(1, round((_BAR_WIDTH_NARROW if narrow else _BAR_WIDTH) * count / most)) if count else 0
        label = "" if narrow else word(f"group_{group}", language)
        grid.add_row(str(group), Text("█" * length, style=style), Text(str(count), style=f"bold {style}"), label)
    short = "_narrow" if narrow else ""
    below = Table.grid(padding=(0, 1))
    below.add_column(justify="right", min_width=4, no_wrap=True)
    below.add_column(no_wrap=True, max_width=20 if narrow else None, overflow="ellipsis")
    below.add_row(Text(str(len(board.blocked)), style="bold red"), word(f"blocked_now{short}", language))
    below.add_row(Text(str(board.dead_letters), style="bold magenta"), word(f"dead_letters{short}", language))
    return Panel(Group(grid, Text(), below), title=word("groups", language), title_align="left", border_style="blue")


def _coming(board: Board, frame: Frame, language: Language, narrow: bool) -> RenderableType:
    expected = board.next_changes(frame.now, _COMING_SHOWN)
    body: RenderableType = Align.center(Text(word("nothing_coming", language), style="dim"), vertical="middle")
    if expected:
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(justify="right", no_wrap=True)
        if not narrow:
            grid.add_column(justify="right", no_wrap=True, style="dim")
        grid.add_column(no_wrap=True, max_width=14 if narrow else 24, overflow="ellipsis")
        grid.add_column(no_wrap=True, ratio=1, overflow="ellipsis")
        for coming in expected:
            grid.add_row(*_expected(board, coming, frame, language, narrow))
        body = grid
    return Panel(body, title=word("coming", language), title_align="left", border_style="blue")


def _expected(board: Board, coming: Coming, frame: Frame, language: Language, narrow: bool) -> list[str | Text]:
    """Cells of a coming change; where there is no room without the simulated span, and of several the last alone."""
    span = coming.at - frame.now
    seconds = span.total_seconds() / 3600 / frame.hours_per_second
    stops = any(change.get("change") == "opens" for change in coming.changes)
    changes = [change_in_words(change, language) for change in reversed(coming.changes)]
    return [
        Text(f"{seconds:.1f} {word('seconds', language)}", style="bold cyan"),
        *([] if narrow else [how_long(span, language)]),
        said_in(board.name(coming.client_id), language),
        Text(changes[0] if narrow else ", ".join(changes), style="red" if stops else "yellow"),
    ]


def _decisions(board: Board, language: Language, narrow: bool) -> RenderableType:
    body: RenderableType = Align.center(Text(word("none_yet", language), style="dim"), vertical="middle")
    if board.latest:
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, max_width=16 if narrow else 30, overflow="ellipsis")
        grid.add_column(ratio=1)
        for decision in sorted(board.latest, key=lambda decision: decision.at, reverse=True):
            grid.add_row(*_decided(board, decision, language, narrow))
        body = grid
    return Panel(body, title=word("decisions", language), title_align="left", border_style="blue")


def _decided(board: Board, decision: Decision, language: Language, narrow: bool) -> tuple[str, Text, Text, Text]:
    symbol, key, style = ("■", "blocked", "bold red") if decision.blocked else ("▶", "released", "bold green")
    mark = Text(symbol if narrow else f"{symbol} {word(key, language)}", style=style)
    name = Text.assemble((said_in(board.name(decision.client_id), language), "bold"), (f" {decision.client_id}", "dim"))
    at = moment(decision.at, language)
    return at[3:].strip() if narrow else at, mark, name, Text(said_in(decision.why, language))


def _footer(board: Board, frame: Frame, language: Language, narrow: bool) -> list[Text]:
    """The command stands on one line, so that it can be copied."""
    first = Text(word("not_durable_narrow" if narrow else "not_durable", language), style="yellow", no_wrap=True)
    second = Text(f"{word('end', language)} {word('look', language)} ", no_wrap=True)
    command = Text(f"stoplist watch blocks --bootstrap {frame.bootstrap}", style="cyan", no_wrap=True)
    lines = [first, second, command] if narrow else [first, second + command]
    if frame.page:
        lines.insert(
            1, Text.assemble("" if narrow else f"{word('page', language)} ", (frame.page, "bold cyan"), no_wrap=True)
        )
    if board.dead_letters and not narrow:
        lines.insert(0, Text(set_aside(board.set_aside, language), style="magenta", no_wrap=True, overflow="ellipsis"))
    return lines


def said_in(text: Name, language: Language) -> str:
    """A text that there is in both languages."""
    return text.ru if language == "ru" else text.en
