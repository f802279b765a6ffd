"""Every reason of a request, in the order of the rules' table."""

from typing import Final

from streams.domain.request_reasons.assortment import ASSORTMENT
from streams.domain.request_reasons.credit_limit import CREDIT_LIMIT
from streams.domain.request_reasons.documents_missing import DOCUMENTS_MISSING
from streams.domain.request_reasons.first_deal_limit import FIRST_DEAL_LIMIT
from streams.domain.request_reasons.first_deal_unpaid import FIRST_DEAL_UNPAID
from streams.domain.request_reasons.outlet_closed import OUTLET_CLOSED
from streams.domain.request_reasons.outlet_unknown import OUTLET_UNKNOWN
from streams.domain.request_reasons.payment_term_too_long import PAYMENT_TERM_TOO_LONG
from streams.domain.request_reasons.reason import RequestReason

_IN_ORDER: Final = (
    CREDIT_LIMIT,
    DOCUMENTS_MISSING,
    FIRST_DEAL_LIMIT,
    FIRST_DEAL_UNPAID,
    PAYMENT_TERM_TOO_LONG,
    ASSORTMENT,
    OUTLET_UNKNOWN,
    OUTLET_CLOSED,
)
REQUEST_REASONS: Final[dict[str, RequestReason]] = {reason.reason: reason for reason in _IN_ORDER}
"""Two of them are stop conditions of the client as well; asked by a request they look at what it adds."""
