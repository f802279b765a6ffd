"""What approvals hold back of a client's limit until the goods leave, or the approval ends."""

from schemas.records import NEVER, Instant
from streams.domain.lookup import DISPATCH
from streams.domain.request_facts import APPROVED, DISPATCHED, EXPIRED, Request, Requests
from streams.domain.state import Client


def of(client: Client) -> Requests:
    """The client's requests, made at the first one."""
    if client.facts.requests is None:
        client.facts.requests = Requests()
    return client.facts.requests


def open_at(client: Client, now: Instant) -> list[Request]:
    """Approvals that hold a reservation at `now`, the earliest to expire first."""
    requests = client.facts.requests
    if requests is None or not requests.open:
        return []
    found = [requests.asked[name] for name in requests.open]
    return [request for request in found if request.reserved_until > now]


def held_at(client: Client, now: Instant) -> list[Request]:
    """All that hold an amount at `now`: approvals that are open, then those used by goods dated ahead."""
    requests = client.facts.requests
    if requests is None or not (requests.open or client.position.ahead):
        return []  # most of those who ever asked
    return open_at(client, now) + _dated_ahead(client)


def _dated_ahead(client: Client) -> list[Request]:
    """Approvals used by a dispatch dated ahead: until its day begins it is no debt, and their amount is not free."""
    requests, ahead = client.facts.requests, client.position.ahead
    if requests is None or not ahead:
        return []
    found = [requests.asked[name] for _, rank, name in ahead if rank == DISPATCH and name in requests.asked]
    return [request for request in found if request.state == DISPATCHED]


def reserved(client: Client, now: Instant) -> int:
    """Their amounts together, in minor units."""
    held = held_at(client, now)
    return sum([request.amount for request in held]) if held else 0


def next_expiry(client: Client, now: Instant) -> Instant:
    """The next instant after `now` at which an approval expires; NEVER: none."""
    found = open_at(client, now)
    return min([request.reserved_until for request in found]) if found else NEVER


def begin(client: Client, request: Request, until: Instant) -> None:
    """An approval begins to hold its amount, or holds it again."""
    requests = of(client)
    request.state, request.reserved_until, request.ended = APPROVED, until, 0
    requests.open.append(request.shipment_id)
    requests.open.sort(key=lambda name: (requests.asked[name].reserved_until, name))


def end(client: Client, request: Request, state: str, now: Instant) -> None:
    """A request comes to its end; what it held is free again."""
    requests = of(client)
    request.state, request.ended = state, now
    if request.shipment_id in requests.open:
        requests.open.remove(request.shipment_id)


def expire(client: Client, now: Instant) -> list[Request]:
    """End the approvals whose time is over at `now`, in order."""
    requests = client.facts.requests
    if requests is None or not requests.open:
        return []
    over = [requests.asked[name] for name in requests.open if requests.asked[name].reserved_until <= now]
    for request in over:
        end(client, request, EXPIRED, request.reserved_until)
    return over
