"""What a category is to a reader: what holds, how it moves, by what it was decided, on what grounds, in what words."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client, Decided
from streams.domain.view import View

Value = int | str | list[str] | None


class Scope(msgspec.Struct, frozen=True, gc=False):
    """Where a category holds: `kind` is direction or territory."""

    kind: str
    id: str


class Move(NamedTuple):
    """From one category to another; `scope` None: of the client as a whole."""

    before: Value
    after: Value
    scope: Scope | None = None


def whole(before: Value, after: Value) -> list[Move]:
    """The move of a category without scopes."""
    return [Move(before, after)]


class Category(NamedTuple):
    """One dimension. Its last three functions look at the view to which the client moves."""

    dimension: str
    of: Callable[[View], Any]
    """What holds in a view: a `Value`, or by scope."""
    published: Callable[[Decided], Any]
    """The same as published last."""
    publish: Callable[[Decided, Any], None]
    """Remember what is published now."""
    decided_by: Callable[[View, Move], list[str]]
    because: Callable[[Rules, Client, View, Move], list[Because]]
    said: Callable[[Rules, Client, View, Move], Text]
    moves: Callable[[Any, Any], list[Move]] = whole
    """From what was to what is, which differ."""
