"""What the folds of clients and of scopes tell each other comes back as it was said."""

from datetime import date

import msgspec
import pytest

from schemas.importance import (
    ScopeImportance,
    ScopeTurnover,
    encode,
    read_importance,
    read_turnover,
    scope_key,
    split_scope_key,
)

SALE = msgspec.Raw(
    b'{"kind":"record","id":"SA-1","type":"sale.recorded","topic":"sales","partition":3,"offset":17,"client_id":"L"}'
)
TURNOVER = ScopeTurnover(
    client_id="X",
    sequence=4,
    months={"2026-02": -250, "2026-03": 12_000, "2026-04": None},
    registered_on=date(2026, 1, 15),
    cause=SALE,
)
IMPORTANCE = ScopeImportance(
    kind="territory",
    scope_id="москва",
    client_id="X",
    sequence=9,
    importance="medium",
    turnover_minor=12_000,
    before_minor=25_000,
    total_minor=110_000,
    key_below_percent=20,
    medium_below_percent=70,
    cause=SALE,
)


def test_records_come_back() -> None:
    assert read_turnover(encode(TURNOVER)) == TURNOVER
    assert read_importance(encode(IMPORTANCE)) == IMPORTANCE
    assert encode(TURNOVER) == encode(read_turnover(encode(TURNOVER)))


@pytest.mark.parametrize(
    "value", [b"", b"{}", encode(IMPORTANCE), encode(TURNOVER).replace(b'"sequence":4', b'"sequence":0')]
)
def test_what_is_no_turnover(value: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        read_turnover(value)


def test_a_scope_may_have_any_id() -> None:
    for kind, scope_id in (("direction", "watches"), ("territory", "a/b"), ("direction", "часы")):
        assert split_scope_key(scope_key(kind, scope_id)) == (kind, scope_id)  # type: ignore[arg-type]
    assert scope_key("direction", "watches") == b"direction/watches"
    for key in (b"", b"direction", b"direction/", b"planet/Mars"):
        with pytest.raises(ValueError, match="no scope"):
            split_scope_key(key)
