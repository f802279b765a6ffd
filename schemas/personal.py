"""Which fields of the contract may hold what is personal, beside the client's id, which stands in every record.

A client id is a pseudonym when the sender chooses it so. Amounts, days and business ids (numbers of deliveries, of
payments) are facts about a company's debts: they make the totals and the proofs, and stay.
"""

from typing import Final

PERSONAL: Final[dict[str, tuple[str, ...]]] = {
    "client.registered": ("name",),
    "client.opened": ("name",),
    "conduct.cleared": ("author", "reason"),
    "conduct.recorded": ("author", "evidence"),
    "credit_limit.set": ("author",),
    "document.signed": ("accepted_by",),
    "first_deal.decided": ("author", "reason"),
    "goods.returned": ("accepted_by",),
    "obligation.disputed": ("author", "reason"),
    "obligation.rescheduled": ("author", "reason"),
    "obligation.resolved": ("author", "reason"),
    "obligation.written_off": ("author", "reason"),
    "override.granted": ("author", "reason"),
    "override.revoked": ("author", "reason"),
    "payment.received": ("document",),
    "payment.reversed": ("reason",),
}
"""By event type. A person who decides signs with a name; texts say what people wrote into them."""

NAMES: Final = ("client.registered", "client.opened")
"""The events that bring a client's name, which a higher revision replaces."""
ERASED: Final = "erased"
"""What stands in the name's place afterwards."""
