"""Each sentence of the newsletter, each decision, each number of the policy has its row; no row points at nothing."""

from collections import Counter

import pytest

from schemas.policy import Policy
from tests.harness.beside import CHECKOUT
from tests.project.rules_page import PAGE, Row, fields, names_of_tests, numbers, policy_fields, problems, quotes, rows

_TEXT = PAGE.read_text("utf-8")
_ROWS = list(rows(_TEXT))
_SENTENCES = (CHECKOUT / "tests/project/newsletter.txt").read_text("utf-8").splitlines()
"""Rows about requests to ship, whose rules are not built yet. No other may be unfinished."""


def test_every_sentence_of_the_newsletter_has_one_row_in_its_order() -> None:
    quoting = [row for row in _ROWS if "sentence" in row.cells]
    assert [[row.number for row in quoting if quotes(row, sentence)] for sentence in _SENTENCES] == [
        [f"S{number}"] for number in range(1, len(_SENTENCES) + 1)
    ]
    assert len(quoting) == len(_SENTENCES)


def test_no_row_points_at_a_module_or_a_test_that_is_not_there() -> None:
    assert [problem for row in _ROWS for problem in problems(row)] == []


def test_no_two_rows_have_one_number() -> None:
    assert [number for number, count in Counter(row.number for row in _ROWS).items() if count > 1] == []


def test_every_number_of_the_policy_belongs_to_a_row() -> None:
    listed, known = fields(_TEXT), {row.number for row in _ROWS}
    assert set(policy_fields(Policy)) == set(listed)
    nowhere = {name: cell for name, cell in listed.items() if not numbers(cell) or set(numbers(cell)) - known}
    assert nowhere == {}


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        ({"modules": "`risk_group.py`", "tests": "`core/test_categories.py::test_volume_borders`"}, 0),
        ({"modules": "`risk_groups.py`", "tests": "`core/test_categories.py::test_volume_borders`"}, 1),
        ({"modules": "`risk_group.py`", "tests": "`core/test_categories.py::test_volume_border`"}, 1),
        ({"modules": "`risk_group.py`", "tests": "`core/test_category.py::test_volume_borders`"}, 1),
        ({"modules": "`risk_group.py`", "tests": "`core/test_categories.py`"}, 1),
        ({"modules": "risk_group.py", "tests": "`core/test_categories.py::test_volume_borders`"}, 1),
        ({"modules": "–", "tests": "–"}, 2),
        ({"here": "Nothing: a heading.", "modules": "–", "tests": "–"}, 0),
        ({"here": "Nothing: a heading.", "modules": "`risk_group.py`", "tests": "–"}, 1),
        ({"modules": "`streams/domain`", "tests": "`tests/domain/core/test_categories.py::test_volume_borders`"}, 1),
    ],
)
def test_a_row_that_points_at_nothing_is_noticed(cells: dict[str, str], count: int) -> None:
    assert len(list(problems(Row("X1", cells)))) == count


def test_a_sentence_is_found_by_what_is_quoted_of_it() -> None:
    row = Row("X1", {"sentence": "только … позиции;"})
    assert quotes(row, "только ходовые товарные позиции;")
    assert not quotes(row, "только ходовые товарные позиции")
    assert names_of_tests("def test_a() -> None: ...\nasync def test_b() -> None: ...\ndef helper() -> None: ...") == {
        "test_a",
        "test_b",
    }
