"""The page of the first deal and its picture are fresh, and show every state and move there is."""

import re

from streams.cli.first_deal_page import first_deal_page
from streams.cli.first_deal_picture import first_deal_picture
from streams.domain.first_deal import MOVES, NONE, STATES
from tests.harness.beside import CHECKOUT


def test_the_page_is_fresh() -> None:
    page = CHECKOUT / "docs/first-deal.md"
    assert page.read_text("utf-8") == first_deal_page(), "python -m streams.cli.first_deal_page > docs/first-deal.md"


def test_the_picture_is_fresh() -> None:
    name = "docs/images/first-deal.svg"
    assert (CHECKOUT / name).read_text("utf-8") == first_deal_picture(), (
        f"python -m streams.cli.first_deal_picture > {name}"
    )


def test_the_picture_shows_each_state_and_the_number_of_each_move_once() -> None:
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", first_deal_picture())
    written = [word for text in shown for word in text.split(", ")]
    assert sorted(written) == sorted([*STATES, *(str(number) for number in range(1, len(MOVES) + 1))])


def test_every_state_is_reached_and_no_move_is_there_twice() -> None:
    reached = {NONE}
    for _ in STATES:
        reached |= {move.after for move in MOVES if move.before in reached}
    assert reached == set(STATES)
    assert len(set(MOVES)) == len(MOVES)
