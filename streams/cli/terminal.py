"""What goes to the person beside the results: a progress line on stderr, colours, only where somebody looks."""

import os
import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from rich.console import Console

_SECONDS_BETWEEN: Final = 0.1
_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}


class Paint:
    """Colours text when stdout is a terminal (and NO_COLOR is not set), else leaves it alone."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled

    def __call__(self, text: str, colour: str) -> str:
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self._enabled else text


class Progress:
    """One line on stderr that counts, redrawn ten times a second; silent when stderr is no terminal."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = total
        self._count = 0
        self._shown = sys.stderr.isatty()
        self._started = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def advance(self, count: int = 1) -> None:
        """Counts `count` more and redraws the line when it is time."""
        self._count += count
        if self._shown and time.monotonic() - self._drawn >= _SECONDS_BETWEEN:
            self._draw()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._draw()
            sys.stderr.write("\n")

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        share = f" of {self._total:,}" if self._total is not None else ""
        rate = self._count / max(self._drawn - self._started, 0.001)
        sys.stderr.write(f"\r\x1b[K{self._what}: {self._count:,}{share} ({rate:,.0f}/s)")
        sys.stderr.flush()


def colours_wanted() -> bool:
    """Whether stdout is a terminal and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def tell(lines: Iterable[str]) -> None:
    """Says something beside the results, on stderr; the first line names the program."""
    for number, line in enumerate(lines):
        sys.stderr.write(f"{'' if number else 'stoplist: '}{line}\n")


def page_console(width_piped: int) -> "Console":
    """A console for pages on stdout: coloured and as wide as the terminal; in a pipe plain and `width_piped` wide."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else width_piped
    return Console(file=sys.stdout, width=width, no_color=not colours_wanted(), highlight=False, markup=False)
