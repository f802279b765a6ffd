"""What the parts of the policy are made of."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from schemas.fields import MONEY

MoneyText = Annotated[str, Field(pattern=MONEY)]
"""A non-negative decimal string with at most two places, in quotes: `"500.00"`."""
T = TypeVar("T")


class Part(BaseModel):
    """A part of the policy: immutable, unknown fields refused (a misspelt number must not be ignored)."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def once(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        raise ValueError("names one entry twice; remove the second")
    return values
