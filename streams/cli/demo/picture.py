"""`python -m streams.cli.demo.picture FILE.svg`: a picture of the demo, the same every time.

The simulated wholesaler's events go through the rules in this process, with no broker and no clock.
"""

import io
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console

from schemas.catalogue import DEAD_LETTERS
from schemas.policy_file import default_policy
from streams.cli.demo.board import Board
from streams.cli.demo.command import CLIENTS_DEFAULT, FIRST_DAY, MISTAKES, SEED_DEFAULT, SPEED_DEFAULT
from streams.cli.demo.outputs import reason_of
from streams.cli.demo.view import Frame, draw
from streams.cli.demo.words import Language
from streams.cli.history import Line
from streams.cli.linked_folds import LinkedFolds
from streams.cli.simulator import Wholesaler

UNTIL: Final = datetime(2026, 4, 12, 22, 15, tzinfo=timezone(timedelta(hours=3)))
WIDTH: Final = 132
HEIGHT: Final = 36
_FONT_FROM_ELSEWHERE: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""A picture that people look at offline loads nothing."""
_BOOTSTRAP: Final = "127.0.0.1:41927"


def played(until: datetime) -> tuple[Board, int]:
    """The board at an instant of the simulated time, and how many events made it."""
    wholesaler = Wholesaler(CLIENTS_DEFAULT, seed=SEED_DEFAULT, first_day=FIRST_DAY, mistakes=MISTAKES)
    board = Board({client.id: client.name for client in wholesaler.clients})
    history = LinkedFolds(default_policy())
    until_ms = int(until.timestamp() * 1000)
    sent = 0
    for event in wholesaler.events():
        if event.timestamp_ms > until_ms:
            break
        sent += 1
        key = event.key.encode() if event.key is not None else None
        for output in history.feed(Line(sent, event.topic, event.timestamp_ms, key, event.value)):
            if output.topic == DEAD_LETTERS:
                board.take(DEAD_LETTERS, {"reason": reason_of(output.headers)})
            else:
                board.take(output.topic, msgspec.json.decode(output.value or b"{}", type=dict[str, Any]))
    return board, sent


def picture(language: Language = "en") -> str:
    """The SVG."""
    board, sent = played(UNTIL)
    console = Console(width=WIDTH, height=HEIGHT, record=True, file=io.StringIO(), force_terminal=True)
    frame = Frame(UNTIL, sent, 104.0, SPEED_DEFAULT, _BOOTSTRAP)
    console.print(draw(board, frame, language, WIDTH), height=HEIGHT)
    svg = console.export_svg(title="stoplist demo", unique_id="stoplist-demo")
    return _FONT_FROM_ELSEWHERE.sub("", svg)


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/demo.svg").write_text(picture(), encoding="utf-8")
