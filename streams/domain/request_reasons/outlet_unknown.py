"""`outlet_unknown`: goods are asked for an outlet that the client never opened.

A client that never had one is exempt, as a wholesaler is; so is a request that names none.
"""

from streams.domain import outlets
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


def has_outlets(client: Client) -> bool:
    """Whether the client has, or ever had, an outlet; most wholesalers never do."""
    return bool(client.facts.about.outlets_opened) or any(one.outlets for one in client.facts.openings.values())


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    if not request.outlet_id or not rules.outlet_unknown_enabled or not has_outlets(client):
        return []
    opened = outlets.opened(client, view.day)
    if not opened or request.outlet_id in opened:
        return []
    return [Because("outlet_unknown", str(len(opened)), request.outlet_id, opened[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    return Text(
        f"The client has no outlet {request.outlet_id}: correct the outlet, or report that it was opened.",
        f"У клиента нет торговой точки {request.outlet_id}: исправьте точку или сообщите об её открытии.",
    )


OUTLET_UNKNOWN = RequestReason("outlet_unknown", "", _check, _said)
