"""What a reader finds in a file: documents, places that are wrong, and documents that are none of ours.

A document is named by its `identity`, which stays the same when the document is corrected; the event's id follows from
it alone, so that a statement read twice gives the same ids and a corrected one a higher revision of the same id.
"""

import hashlib
from typing import Final, NamedTuple

NAMED_MAX: Final = 48
"""Characters of an id that people read; the rest tells apart what is called alike."""
_DIGITS: Final = 12


class Party(NamedTuple):
    """The client as the file names it; what the file does not say is empty."""

    client_id: str = ""
    """Only where the file itself uses our ids."""
    code: str = ""
    guid: str = ""
    inn: str = ""
    kpp: str = ""
    account: str = ""
    name: str = ""


class Document(NamedTuple):
    """One fact of the file, without its client."""

    line: int
    kind: str
    """The event's type."""
    id: str
    party: Party
    fields: dict[str, object]
    """The event's own fields in the contract's forms; dates and money as text."""
    known_at: str
    """The day, or the instant, at which it became known in the source, ISO: a history appends it by this."""
    voided: bool = False
    """The source withdrew it."""
    reverses: tuple[str, ...] = ()
    """References of the payment that a reversal takes back, the surest first."""


class Wrong(NamedTuple):
    """A place that cannot be read; the rest of the file goes on."""

    line: int
    column: int
    """Counted from 1; 0 where the whole line is meant."""
    field: str
    said: str


class LeftOut(NamedTuple):
    """A document that makes no event, and why; reports count them by reason."""

    line: int
    why: str


Item = Document | Wrong | LeftOut


def document_id(named: str, *identity: str) -> str:
    """An id of at most 64 characters: how people call the document, and a digest of all that identifies it."""
    digest = hashlib.sha256("\x1f".join(identity).encode()).hexdigest()[:_DIGITS]
    readable = named
    if " " in named or not named.isprintable():
        readable = "".join(character for character in named if character.isprintable() and character != " ")
    return f"{readable[:NAMED_MAX]}-{digest}" if readable else digest
