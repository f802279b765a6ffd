"""Sales type (source: table row 1): a wholesaler by its registration; chain above two active outlets, else single."""

from typing import Final

from streams.domain.policy import Rules
from streams.domain.state import Registration

WHOLESALER: Final = "wholesaler"
CHAIN: Final = "chain"
SINGLE: Final = "single"


def of(rules: Rules, registered: Registration | None, outlets_active: int) -> str | None:
    """The sales type with so many active outlets; None: none while there are none."""
    if registered is not None and registered.wholesaler:
        return WHOLESALER
    if outlets_active > rules.chain_above_outlets:
        return CHAIN
    return SINGLE if outlets_active else None
