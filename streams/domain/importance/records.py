"""What the two folds tell each other (`schemas.importance`), as records: written, read, or why they are none."""

import re
from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from schemas import importance
from schemas.catalogue import IMPORTANCE
from schemas.dead_letters import EMPTY_VALUE, INVALID_FIELD, INVALID_JSON, MISSING_FIELD
from schemas.importance import ScopeImportance, ScopeTurnover
from schemas.records import Instant, Output, Rejected
from streams.domain.state import Days

_REMEDY: Final = "Only stoplist writes this topic: find out who sent the record."
_EMPTY: Final = Rejected(EMPTY_VALUE, None, _REMEDY)
_NOT_READ: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_MISSING: Final = re.compile(r"missing required field `([^`]*)`").search
_PLACE: Final = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`").search


def importance_output(told: ScopeImportance, at: Instant) -> Output:
    """The record of what was decided at `at`; its partition is that of the client."""
    return Output(IMPORTANCE, told.client_id.encode(), importance.encode(told), [], at)


def read_turnover(value: bytes | None) -> ScopeTurnover | Rejected:
    """The turnover that a record tells of, or why it tells none."""
    try:
        return importance.read_turnover(value) if value else _EMPTY
    except _NOT_READ as error:
        return _none(error)


def read_importance(value: bytes | None) -> ScopeImportance | Rejected:
    """The importance that a record tells of, or why it tells none."""
    try:
        return importance.read_importance(value) if value else _EMPTY
    except _NOT_READ as error:
        return _none(error)


def _none(error: Exception) -> Rejected:
    """Why a value is no such record: msgspec names the field in its sentence only."""
    if not isinstance(error, msgspec.ValidationError):
        return Rejected(INVALID_JSON, None, _REMEDY)
    said = str(error)
    missing, place = _MISSING(said), _PLACE(said)
    if missing is not None:
        return Rejected(MISSING_FIELD, missing[1], _REMEDY)
    return Rejected(INVALID_FIELD, place[1] if place is not None and place[1] else "value", _REMEDY)


@lru_cache(maxsize=1_024)
def month_text(month: int) -> str:
    """`YYYY-MM` of a month's number (year * 12 + month - 1)."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


@lru_cache(maxsize=1_024)
def month_number(text: str) -> int:
    """The number of a month `YYYY-MM`. Raises ValueError."""
    first = date.fromisoformat(f"{text}-01")
    return first.year * 12 + first.month - 1


@lru_cache(maxsize=16_384)
def date_of(day: Days) -> date | None:
    """The date of a day; None of 0."""
    return date.fromordinal(day) if day else None
