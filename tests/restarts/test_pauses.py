"""How pauses are told from chunks; pure."""

from tests.restarts.pauses import Decided, pauses


def _decided(*instants: tuple[int, int]) -> list[Decided]:
    return [Decided(partition, at_ms, n) for n, (partition, at_ms) in enumerate(instants)]


def test_the_longest_gap_of_each_partition_counts() -> None:
    found = pauses(_decided((0, 1000), (1, 1100), (0, 1500), (0, 4500), (1, 1900), (0, 4600)), 0, 10_000)
    assert {number: (pause.began_ms, pause.seconds) for number, pause in found.items()} == {
        0: (1500, 3.0),
        1: (1100, 0.8),
    }


def test_a_gap_that_reaches_into_the_time_counts_whole_and_one_beside_it_does_not() -> None:
    decided = _decided((0, 1000), (0, 3000), (0, 3100), (0, 9000))
    assert pauses(decided, 2000, 2500)[0].seconds == 2.0
    assert pauses(decided, 3050, 3090)[0].seconds == 0.1
    assert pauses(decided, 9500, 9900) == {}
