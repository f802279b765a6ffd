"""Outputs of the topic `category-changes`."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.outputs.common import Common, Scope
from schemas.outputs.forms import Category, Dimension


class CategoryChanged(Common):
    """A client moved from one category to another."""

    type: Literal["category.changed"]
    dimension: Dimension
    scope: Scope | None
    """null: the client as a whole."""
    from_: Annotated[Category, Field(alias="from")]
    to: Category
    decided_by: list[str]
    """Which measure gave the category, both when both did."""
