"""What a status says of its client's next change (`next_change` of `client-status`), as far as views look at it."""

import msgspec


class Change(msgspec.Struct, gc=False):
    """A condition that will open or close; of a category's move both are null."""

    condition: str | None = None
    change: str | None = None


class NextChange(msgspec.Struct, gc=False):
    """At an instant (RFC 3339) these will differ if nothing arrives before."""

    at: str
    changes: list[Change]

    def opens(self) -> list[str]:
        """The conditions that will open, in order: a client that is not blocked will be."""
        return [one.condition for one in self.changes if one.change == "opens" and one.condition]
