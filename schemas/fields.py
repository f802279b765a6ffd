"""The forms of the contract's fields: what an id, an amount, a date may look like, and what is wrong with another."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from schemas.canonical import canonical_json
from schemas.forms import is_printable


def _printable(text: str) -> str:
    if not is_printable(text):
        raise PydanticCustomError("printable", "holds a character that cannot be printed; remove it")
    return text


def _positive(text: str) -> str:
    if not text.strip("0."):
        raise PydanticCustomError("positive", "must be above zero")
    return text


def _day(value: Any) -> Any:
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        raise PydanticCustomError("day", "must be a date like 2026-03-01")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "is no date of the calendar") from None
    if not 1970 <= day.year <= 2199:
        raise PydanticCustomError("day", "must lie in the years 1970 to 2199")
    return day


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text.upper())
        since_1970 = moment.timestamp()
    except (ValueError, OverflowError):
        raise PydanticCustomError("instant", "is no time of the calendar") from None
    if since_1970 < 0 or not 1970 <= moment.year <= 2199:
        raise PydanticCustomError("instant", "must lie in the years 1970 to 2199")
    return text


def _canonical(document: dict[str, Any]) -> dict[str, Any]:
    try:
        canonical_json(document)
    except ValueError as error:
        raise PydanticCustomError("canonical", "has no canonical form: {why}", {"why": str(error)}) from None
    return document


LINES_MAX: Final = 1_000
"""Of one list in a record; the record's own 64 KiB are usually reached before."""
MONEY: Final = r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"
QUANTITY: Final = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$"
RATE: Final = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$"
CURRENCY: Final = r"^[A-Z]{3}$"
MONTH: Final = r"^(19[7-9][0-9]|20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])$"
INSTANT: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-5][0-9])$"
)
REMEDIES: Final[dict[str, str]] = {
    MONEY: 'must be an amount in quotes with at most two places, like "12.50"',
    QUANTITY: 'must be a quantity in quotes with at most three places, like "1.5"',
    RATE: 'must be a rate in quotes with at most nine places, like "0.0125"',
    CURRENCY: "must be a currency of three capital letters, like USD",
    MONTH: "must be a month like 2026-03",
    INSTANT: "must be a time with offset, like 2026-03-01T12:00:00+03:00",
}
"""What to tell the sender of a text that does not have the form."""

Id = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)]
ObligationId = Annotated[str, Field(min_length=1, max_length=66), AfterValidator(_printable)]
KeyId = Annotated[str, Field(max_length=64), AfterValidator(_printable)]
Text = Annotated[str, Field(max_length=500)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
"""A text that must say something."""
Currency = Annotated[str, Field(pattern=CURRENCY)]
Money = Annotated[str, Field(pattern=MONEY)]
PositiveMoney = Annotated[Money, AfterValidator(_positive)]
Quantity = Annotated[str, Field(pattern=QUANTITY), AfterValidator(_positive)]
QuantityOrNone = Annotated[str, Field(pattern=QUANTITY)]
"""A quantity that may be 0."""
Rate = Annotated[str, Field(pattern=RATE), AfterValidator(_positive)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[str, Field(pattern=INSTANT, json_schema_extra={"format": "date-time"}), AfterValidator(_instant)]
Month = Annotated[str, Field(pattern=MONTH)]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
Document = Annotated[dict[str, Any], AfterValidator(_canonical)]
