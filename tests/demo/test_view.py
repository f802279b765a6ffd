"""What a board holds after some published records, and what of it is on the screen in both languages."""

import io
from datetime import datetime
from typing import Any

import pytest
from rich.console import Console

from schemas.catalogue import CLIENT_STATUS, DEAD_LETTERS, SHIPMENT_BLOCKS
from streams.cli.demo.board import LATEST_MAX, Board
from streams.cli.demo.shows import Lines
from streams.cli.demo.view import Frame, draw
from streams.cli.demo.words import WORDS, Language, counted
from streams.cli.simulator.names import Name
from tests.demo.outputs import blocked, released, status

NOW = "2026-03-16T12:00:00+03:00"
STOP: list[dict[str, Any]] = [
    {"dimension": "risk_group", "from": 2, "to": 3},
    {"condition": "risk_group", "change": "opens"},
]


def _board() -> Board:
    """Three clients in groups 0, 2, 3; C-3 blocked and released, C-2 blocked; two dead letters."""
    board = Board({"C-2": Name("Volna, Tver", "Волна, Тверь"), "C-3": Name("Bereg, Omsk", "Берег, Омск")})
    board.take(CLIENT_STATUS, status("C-1", "2026-03-10T12:00:00+03:00", 0))
    board.take(CLIENT_STATUS, status("C-2", "2026-03-10T12:00:00+03:00", 2, "2026-03-18T00:00:00+03:00", STOP))
    board.take(CLIENT_STATUS, status("C-3", "2026-03-10T12:00:00+03:00", 3))
    board.take(SHIPMENT_BLOCKS, blocked("C-3", 2, "2026-03-11T00:00:00+03:00", "Eight days late.", "Восемь дней."))
    board.take(SHIPMENT_BLOCKS, released("C-3", 3, "2026-03-12T09:30:00+03:00"))
    board.take(SHIPMENT_BLOCKS, blocked("C-2", 2, "2026-03-15T00:00:00+03:00", "Six violations.", "Шесть нарушений."))
    board.take(DEAD_LETTERS, {"reason": "unknown_type"})
    board.take(DEAD_LETTERS, {"reason": "unknown_type"})
    return board


def _screen(language: Language, width: int = 132, height: int = 30) -> str:
    console = Console(width=width, height=height, record=True, file=io.StringIO(), color_system=None)
    frame = Frame(datetime.fromisoformat(NOW), 1234, 56.0, 8.0, "127.0.0.1:1")
    console.print(draw(_board(), frame, language, width), height=height)
    return console.export_text()


def test_a_board_counts_what_is_published() -> None:
    board = _board()
    assert [board.in_group(group) for group in (0, 1, 2, 3)] == [1, 0, 1, 1]
    assert board.blocked == {"C-2"}
    assert (board.blocks, board.releases, board.dead_letters) == (2, 1, 2)
    assert board.instant == datetime.fromisoformat("2026-03-15T00:00:00+03:00")


def test_a_board_keeps_only_the_latest_decisions() -> None:
    board = _board()
    for number in range(LATEST_MAX + 5):
        board.take(SHIPMENT_BLOCKS, blocked("C-9", number, NOW))
    assert len(board.latest) == LATEST_MAX


def test_the_next_changes_are_those_ahead_and_stops_before_the_rest() -> None:
    board = _board()
    now = datetime.fromisoformat(NOW)
    volume: list[dict[str, Any]] = [{"dimension": "volume", "from": "B", "to": "C"}]
    group: list[dict[str, Any]] = [{"dimension": "risk_group", "from": 0, "to": 1}]
    board.take(CLIENT_STATUS, status("C-4", NOW, 0, "2026-03-16T13:00:00+03:00", volume))
    board.take(CLIENT_STATUS, status("C-5", NOW, 0, "2026-03-17T12:00:00+03:00", group))
    board.take(CLIENT_STATUS, status("C-6", NOW, 0, "2026-03-16T11:00:00+03:00", STOP))  # past
    assert [coming.client_id for coming in board.next_changes(now, 5)] == ["C-5", "C-2"]
    assert [coming.client_id for coming in board.next_changes(now, 1)] == ["C-2"]


def test_a_status_without_an_expectation_takes_the_earlier_one_back() -> None:
    board = _board()
    board.take(CLIENT_STATUS, status("C-2", NOW, 0))
    assert board.next_changes(datetime.fromisoformat(NOW), 5) == []


def test_the_english_screen_says_it_all() -> None:
    screen = _screen("en")
    assert "Mon 16 Mar 2026 12:00" in screen
    assert "56 events/s · 1,234 events" in screen
    assert "■ BLOCKED  Volna, Tver C-2" in screen
    assert "Six violations." in screen
    assert "▶ RELEASED Bereg, Omsk C-3" in screen
    assert "Shipping is allowed again." in screen
    # 36 hours ahead at 8 simulated hours a second: four and a half seconds
    assert "4.5 s 1 d 12 h Volna, Tver" in screen
    assert "stop: bad payer, risk group 2 → 3" in screen
    assert "1 may not be shipped to" in screen
    assert "2 unusable records set aside" in screen
    assert "Set aside in dead-letters, not fitting the contract" in screen
    assert ": 2 unknown type." in screen
    assert "the embedded broker is not durable" in screen
    assert "stoplist watch blocks --bootstrap 127.0.0.1:1" in screen


def test_the_russian_screen_says_it_all() -> None:
    screen = _screen("ru")
    assert "пн 16 мар 2026 12:00" in screen
    assert "56 событий/с · 1\u00a0234 события" in screen
    assert "■ ЗАПРЕТ    Волна, Тверь C-2" in screen
    assert "Шесть нарушений." in screen
    assert "▶ РАЗРЕШЕНО Берег, Омск C-3" in screen
    assert "4.5 с 1 дн. 12 ч Волна, Тверь" in screen
    assert "запрет: плохо платит, группа риска 2 → 3" in screen
    assert "встроенный брокер ненадёжен" in screen


def test_the_newest_decision_is_on_top() -> None:
    screen = _screen("en")
    assert screen.index("15 Mar 00:00") < screen.index("12 Mar 09:30") < screen.index("11 Mar 00:00")


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 12), (200, 60)])
def test_a_screen_of_any_size_is_filled_and_not_overrun(language: Language, width: int, height: int) -> None:
    lines = _screen(language, width, height).splitlines()
    assert len(lines) == height
    assert max(len(line) for line in lines) <= width


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["stop: bad payer ", "1 blocked now", "2 bad records", "broker is not durable.", "1,234 events "]),
        ("ru", ["запрет: плохо платит ", "1 под запретом", "2 негодные", "брокер ненадёжен.", "1\u00a0234 события "]),
    ],
)
def test_a_narrow_screen_says_all_of_the_essential(language: Language, said: list[str]) -> None:
    screen = _screen(language, 80, 24)
    assert "…" not in screen
    for words in [*said, "stoplist watch blocks --bootstrap 127.0.0.1:1 "]:
        assert words in screen


@pytest.mark.parametrize(
    ("count", "english", "russian"),
    [
        (0, "0 events", "0 событий"),
        (1, "1 event", "1 событие"),
        (3, "3 events", "3 события"),
        (11, "11 events", "11 событий"),
        (21, "21 events", "21 событие"),
        (11_605, "11,605 events", "11\u00a0605 событий"),
    ],
)
def test_numbers_and_what_is_counted_agree(count: int, english: str, russian: str) -> None:
    assert (counted(count, "events", "en"), counted(count, "events", "ru")) == (english, russian)


def test_russian_lines_stand_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    board = _board()
    lines = Lines(board, "ru")
    for decision in board.latest:
        lines.decided(decision)
    said = capsys.readouterr().out.splitlines()[1:]
    assert len({line.index("C-") for line in said}) == 1


def test_lines_name_when_whom_what_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    board = _board()
    lines = Lines(board, "en")
    decision = board.take(SHIPMENT_BLOCKS, blocked("C-2", 9, "2026-03-16T00:00:00+03:00", "Six\n violations."))
    assert decision is not None
    lines.decided(decision)
    said = capsys.readouterr().out.splitlines()
    assert "not durable" in said[0]
    assert said[1] == "2026-03-16 00:00  BLOCKED   C-2 Volna, Tver: Six violations."


def test_what_is_set_aside_is_said_in_words_and_once(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setattr("streams.cli.demo.shows._SECONDS_BETWEEN_LINES", 0.0)
    board = _board()
    board.take(DEAD_LETTERS, {"reason": "missing_field"})
    board.take(DEAD_LETTERS, {"reason": "key_mismatch"})  # one that the demo has no words for
    lines = Lines(board, "en")
    for _ in range(2):
        lines.refresh(Frame(datetime.fromisoformat(NOW), 1234, 56.0, 8.0, "127.0.0.1:1"))
    said = capsys.readouterr().out.splitlines()[1:]
    assert len(said) == 3
    assert said[0].endswith("  blocked 1  4 unusable records set aside")
    assert said[1].endswith(": 2 unknown type, 1 key mismatch, 1 field missing.")


def test_every_sentence_has_both_languages() -> None:
    for key, (english, russian) in WORDS.items():
        assert english, key
        assert russian, key
        assert english.count("{") == russian.count("{"), key
