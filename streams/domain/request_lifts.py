"""What would let a refused request through: the least payment, a date, a document, a person."""

from schemas.records import NEVER, Instant
from streams.domain import allocation, first_deal_entitlement, lifted_by, money
from streams.domain.lifted_by import DateLift, DocumentLift, Lift, PaymentLift, PersonLift
from streams.domain.lookup import obligation_at
from streams.domain.next_change import coming, look, timeline
from streams.domain.obligation_changes import places
from streams.domain.request_reasons.credit_limit import CREDIT_LIMIT
from streams.domain.request_reasons.documents_missing import DOCUMENTS_MISSING
from streams.domain.request_reasons.first_deal_limit import FIRST_DEAL_LIMIT
from streams.domain.request_reasons.first_deal_unpaid import FIRST_DEAL_UNPAID
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.shared import Standing
from streams.domain.state import Client
from streams.domain.view import View


def of(standing: Standing, client: Client, view: View, request: Request, reason: RequestReason) -> list[Lift]:
    """Every way out of a reason that holds, the payment first; empty: ask for something else."""
    rules, lifts = standing.rules, list[Lift]()
    amount, ids = least_payment(standing, client, view, request, reason)
    if amount:
        lifts.append(PaymentLift(money.text(amount), rules.currency, ids))
    ends = _ends_at(standing, client, view, request, reason)
    if ends != NEVER:
        lifts.append(DateLift(rules.instant_text(ends)))
    if reason.reason == DOCUMENTS_MISSING.reason:
        lifts.append(DocumentLift(view.profile.missing))
    if reason.role:
        lifts.append(PersonLift(reason.role))
    return lifts


def least_payment(
    standing: Standing, client: Client, view: View, request: Request, reason: RequestReason
) -> tuple[int, list[str]]:
    """The smallest amount after which, paid today, the reason does not stand against this request, and the obligations
    to name; 0 when no payment does that."""
    if reason.reason == CREDIT_LIMIT.reason:
        assert view.limit is not None
        if request.amount > view.limit:
            return 0, []
        return _at_least(standing, client, view, request, reason, view.exposure + request.amount - view.limit), []
    if reason.reason == FIRST_DEAL_UNPAID.reason and view.deal is not None:
        ids = [name for name in view.deal.obligations if allocation.owed(client, [name])]
        amount = allocation.owed(client, ids)
        return (amount, ids) if amount and _ends(standing, client, view, request, reason, amount, ids) else (0, [])
    if reason.reason == FIRST_DEAL_LIMIT.reason:
        # money pays what is owed first, then what open approvals count on; what is left covers the request
        held = first_deal_entitlement.money_held(client, view.deal)
        most = client.position.outstanding + _written_off(client) + held + request.amount
        return _searched(standing, client, view, request, reason, 0, most), []
    return 0, []


def _at_least(
    standing: Standing, client: Client, view: View, request: Request, reason: RequestReason, amount: int
) -> int:
    """The amount, or more where a later step of today undoes a payment: what it paid may be written off after it."""
    if client.position.last_step[0] < view.day or _ends(standing, client, view, request, reason, amount, []):
        return amount
    return _searched(standing, client, view, request, reason, amount, amount + _written_off(client))


def _written_off(client: Client) -> int:
    """The amounts of the obligations that were written off."""
    changed = [one.obligation_id for one in client.facts.changes.written_off.values()]
    return sum(
        obligation_at(client, *place).amount for name in dict.fromkeys(changed) for place in places(client, name)
    )


def _searched(
    standing: Standing, client: Client, view: View, request: Request, reason: RequestReason, low: int, high: int
) -> int:
    """The least amount above `low` found by trying; 0 when even `high` does not do."""
    if not _ends(standing, client, view, request, reason, high, []):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        if _ends(standing, client, view, request, reason, middle, []):
            high = middle
        else:
            low = middle
    return high


def _ends(
    standing: Standing,
    client: Client,
    view: View,
    request: Request,
    reason: RequestReason,
    amount: int,
    ids: list[str],
) -> bool:
    """Whether the reason no longer stands after a payment of today, tried on a copy."""
    trial = lifted_by.paid_today(standing, client, view, amount, ids)
    after = look(standing, trial, view.instant, view.day)
    return not reason.check(standing.rules, trial, after, request)


def _ends_at(standing: Standing, client: Client, view: View, request: Request, reason: RequestReason) -> Instant:
    """When the reason ends by time alone; NEVER when it does not."""
    first = coming(standing, client, view)
    for later in timeline(standing, client, first, view):
        if not reason.check(standing.rules, client, later, request):
            return later.instant
    return NEVER
