"""The page of the first deal is fresh, and shows every state and move there is."""

from streams.cli.first_deal_page import first_deal_page
from streams.domain.first_deal import MOVES, NONE, STATES
from tests.harness.beside import CHECKOUT


def test_the_page_is_fresh() -> None:
    page = CHECKOUT / "docs/first-deal.md"
    assert page.read_text("utf-8") == first_deal_page(), "python -m streams.cli.first_deal_page > docs/first-deal.md"


def test_every_state_is_reached_and_no_move_is_there_twice() -> None:
    reached = {NONE}
    for _ in STATES:
        reached |= {move.after for move in MOVES if move.before in reached}
    assert reached == set(STATES)
    assert len(set(MOVES)) == len(MOVES)
