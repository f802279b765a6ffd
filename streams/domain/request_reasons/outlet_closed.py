"""`outlet_closed`: goods are asked for an outlet of the client that is closed."""

from streams.domain import outlets
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.outlet_unknown import has_outlets
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.view import View


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    if not rules.outlet_closed_enabled or not has_outlets(client):
        return []
    if request.outlet_id in view.profile.outlets_active:
        return []
    if not outlets.was_opened(rules, client, view.day, request.outlet_id):
        return []
    return [Because("outlet_closed", "active", "closed", [request.outlet_id])]


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    return Text(
        f"Outlet {request.outlet_id} is closed: choose another one, or report that it was opened again.",
        f"Торговая точка {request.outlet_id} закрыта: выберите другую или сообщите о её открытии.",
    )


OUTLET_CLOSED = RequestReason("outlet_closed", "", _check, _said)
