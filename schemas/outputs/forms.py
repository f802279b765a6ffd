"""The forms of the outputs' fields, and the names that are open: readers must expect more of them."""

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, WithJsonSchema

from schemas.reasons import CLIENT_REASONS, REASONS, ClientReason, RequestReason

Money = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)\.[0-9]{2}$")]
"""A decimal string with two places, in the policy's currency."""
Instant = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})$",
        json_schema_extra={"format": "date-time"},
    ),
]
"""RFC 3339 in the company's time zone."""
EXTENSIBLE: Final = "x-extensible"
"""Marks a schema that takes new values or variants within a major version; readers pass over what they do not know."""


def open_names(*known: str) -> WithJsonSchema:
    """An open list of names: the rules know these, readers must expect others."""
    return WithJsonSchema({"type": "string", "examples": list(known), EXTENSIBLE: True})


Reason = Annotated[ClientReason, open_names(*CLIENT_REASONS)]
"""A stop condition."""
RefusalReason = Annotated[ClientReason | RequestReason, open_names(*REASONS)]
"""Why a request is refused: a stop condition, or what concerns the request alone."""
_DIMENSIONS = Literal["risk_group", "volume", "importance", "sales_type", "activities", "mall_outlets", "lifecycle"]
Dimension = Annotated[_DIMENSIONS, open_names(*get_args(_DIMENSIONS))]
_FLAGS = Literal["unregistered", "conflict", "incomplete", "held"]
Flag = Annotated[_FLAGS, open_names(*get_args(_FLAGS))]

RiskGroup = Annotated[int, Field(ge=0, le=9)]
VolumeCategory = Literal["A", "B", "C"]
Importance = Annotated[Literal["key", "medium", "small"], Field(title="Importance")]
SalesType = Annotated[Literal["wholesaler", "chain", "single"], Field(title="SalesType")]
Lifecycle = Annotated[Literal["potential", "new", "active", "lost"], Field(title="Lifecycle")]
Activities = Annotated[list[str], Field(title="Activities")]
OutletCount = Annotated[int, Field(ge=0, title="OutletCount")]
Category = Annotated[
    RiskGroup | VolumeCategory | Importance | SalesType | Lifecycle | Activities | OutletCount | None,
    Field(json_schema_extra={EXTENSIBLE: True}),
]
"""Of the dimension the output names; null: none (no outlet, no sales in the scope)."""
