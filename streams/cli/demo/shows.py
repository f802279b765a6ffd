"""Two ways to show a board: a picture that moves, and lines for pipes and logs."""

import sys
import time
from dataclasses import replace
from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Console
from rich.live import Live

from streams.cli.demo.board import RISK_GROUPS, Board, Decision
from streams.cli.demo.view import Frame, draw, said_in
from streams.cli.demo.words import Language, counted, moment, number, set_aside, word

_PICTURES_PER_SECOND: Final = 8
_SECONDS_BETWEEN_LINES: Final = 5.0


class Show(Protocol):
    """What the demo tells of itself; ended by the `with` block."""

    def note(self, key: str) -> None:
        """Something is being started."""

    def addresses(self, page: str, bootstrap: str) -> None:
        """The page can be opened; the broker's address is for whoever looks on from another terminal."""

    def decided(self, decision: Decision) -> None:
        """A block or release was published."""

    def refresh(self, frame: Frame) -> None:
        """Called many times a second; `frame.note` is filled in by the show."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Picture:
    """Fills the terminal, and gives it back at the end as it was."""

    def __init__(self, board: Board, language: Language, console: Console) -> None:
        self._board = board
        self._language: Language = language
        self._console = console
        self._live = Live(console=console, screen=True, auto_refresh=False, transient=True)
        self._drawn = 0.0
        self._began = False
        self._page = ""

    def note(self, key: str) -> None:
        """A line before the picture begins."""
        self._console.print(word(key, self._language), style="dim")

    def addresses(self, page: str, bootstrap: str) -> None:
        """From now on the page's stands below the picture, where the broker's stands already."""
        self._page = page

    def decided(self, decision: Decision) -> None:
        """Nothing: the board holds it."""

    def refresh(self, frame: Frame) -> None:
        """Draws, when it is time."""
        if not self._began:
            self._live.start()
            self._began = True
        now = time.monotonic()
        if now - self._drawn >= 1 / _PICTURES_PER_SECOND:
            self._drawn = now
            self._live.update(
                draw(self._board, replace(frame, page=self._page), self._language, self._console.width), refresh=True
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()


class Lines:
    """One line for each decision, and every few seconds one for all."""

    def __init__(self, board: Board, language: Language) -> None:
        self._board = board
        self._language: Language = language
        self._said_at = time.monotonic()
        self._set_aside_said = False
        _say(word("not_durable", language))

    def note(self, key: str) -> None:
        """Says it."""
        _say(word(key, self._language))

    def addresses(self, page: str, bootstrap: str) -> None:
        """Says where they are."""
        _say(f"{word('page', self._language)} {page}")
        _say(word("page_roles", self._language))
        _say(f"{word('look', self._language)} stoplist watch blocks --bootstrap {bootstrap}")

    def decided(self, decision: Decision) -> None:
        """When, whom, what, and why."""
        language = self._language
        width = max(len(word(key, language)) for key in ("blocked", "released"))
        mark = word("blocked" if decision.blocked else "released", language)
        name = said_in(self._board.name(decision.client_id), language)
        why = " ".join(said_in(decision.why, language).split())
        _say(f"{decision.at:%Y-%m-%d %H:%M}  {mark:{width}}  {decision.client_id} {name}: {why}")

    def refresh(self, frame: Frame) -> None:
        """Says how things stand, when it is time."""
        if time.monotonic() - self._said_at < _SECONDS_BETWEEN_LINES:
            return
        self._said_at = time.monotonic()
        board = self._board
        text = word("line", self._language).format(
            date=moment(frame.now, self._language),
            events=counted(frame.sent, "events", self._language),
            rate=number(frame.events_per_second, self._language),
            groups=groups_in_short(board),
            blocked=len(board.blocked),
            dead=counted(board.dead_letters, "records", self._language),
        )
        _say(text)
        if board.set_aside and not self._set_aside_said:
            self._set_aside_said = True
            _say(set_aside(board.set_aside, self._language))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back."""


def groups_in_short(board: Board) -> str:
    """`0: 280, 1: 12, 2: 5, 3: 3`."""
    return ", ".join(f"{group}: {board.in_group(group)}" for group in RISK_GROUPS)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
