"""Places in order, held against a plain sorted list; so many that blocks are halved and emptied."""

from streams.domain.importance.order import Order, Place


def place(number: int) -> Place:
    """Of 1,500 clients, each with a turnover of its own, in no order."""
    return -(number * 7919 % 1_500), 1, f"c{number}"


def assert_is(order: Order, expected: list[Place]) -> None:
    assert list(order) == expected
    for index in range(0, len(expected), 97):
        one = expected[index]
        assert order.held_before(one) == -sum(place[0] for place in expected[:index])
        assert list(order.after(one)) == expected[index + 1 :]
        assert list(order.backwards_from(one)) == expected[:index][::-1]
    assert list(order.backwards_from(None)) == expected[::-1]


def test_places_added_one_by_one_and_taken_out_again() -> None:
    order, expected = Order([]), list[Place]()
    for number in range(1_500):
        order.add(place(number))
        expected.append(place(number))
    expected.sort()
    assert_is(order, expected)
    for number in range(0, 1_500, 2):
        order.remove(place(number))
    assert_is(order, sorted(place(number) for number in range(1, 1_500, 2)))
    for number in range(1, 1_500, 2):
        order.remove(place(number))
    assert_is(order, [])
    order.add(place(3))
    assert_is(order, [place(3)])


def test_places_given_at_once_are_the_same_order() -> None:
    expected = sorted(place(number) for number in range(1_500))
    order = Order(reversed(expected))
    assert_is(order, expected)
    order.add((-9_999, 1, "first"))
    order.add((0, 9, "last"))
    assert_is(order, [(-9_999, 1, "first"), *expected, (0, 9, "last")])
