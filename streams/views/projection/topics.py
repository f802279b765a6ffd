"""What the projection reads, and in which order after a loss."""

from typing import Final

from schemas.catalogue import (
    CATEGORY_CHANGES,
    CLIENT_STATUS,
    CLIENTS,
    IMPORTANCE,
    INPUTS,
    POLICIES,
    SHIPMENT_ALERTS,
    SHIPMENT_BLOCKS,
    SHIPMENT_DECISIONS,
)

ANSWERS: Final = (CLIENT_STATUS, SHIPMENT_BLOCKS)
"""What «may I ship» is answered from: read first, whole, compacted topics."""
OTHERS: Final = (SHIPMENT_DECISIONS, SHIPMENT_ALERTS, CATEGORY_CHANGES, CLIENTS, POLICIES)
"""Histories, names and the policy; they follow when the first are read to their ends."""
FOLDED: Final = (*INPUTS, IMPORTANCE)
"""What a worker must have applied up to some instant for its outputs to be complete up to then."""
