"""Records that are too large for the topic they should go to; pure."""

from schemas.records import Output
from streams.engine.fitting import fitting
from streams.engine.misrouting import forwarded
from tests.engine.reference import Fact

HEADERS = [("stoplist-reason", b"record_too_large")]


def test_a_dead_letter_that_fits_is_unchanged() -> None:
    output = Output("dead-letters", b"k", b"x" * 1_048_576, HEADERS)
    assert fitting(output) is output


def test_a_dead_letter_that_does_not_fit_leaves_out_the_value_and_says_so() -> None:
    output = fitting(Output("dead-letters", b"k", b"x" * 2_100_000, HEADERS))
    assert (output.key, output.value) == (b"k", None)
    assert output.headers == [*HEADERS, ("stoplist-left-out", b"value")]


def test_so_does_one_with_a_huge_key() -> None:
    output = fitting(Output("dead-letters", b"k" * 2_100_000, b"x", HEADERS))
    assert (output.key, output.value) == (None, None)
    assert output.headers[-1] == ("stoplist-left-out", b"key,value")


def test_a_misrouted_record_is_not_sent_where_it_no_longer_fits() -> None:
    """With the header that names its origin a record of almost 1 MiB is over the topic's limit."""
    assert forwarded(Fact(0, 0, b"k", b"x" * 1_048_400)) is None  # type: ignore[arg-type]
    assert forwarded(Fact(0, 0, b"k", b"x" * 65_536)) is not None  # type: ignore[arg-type]
