"""`documents_missing` of a request (source: work starts when both documents are signed): not both are in force."""

from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.request_reasons.reason import Request, RequestReason
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions import documents_missing
from streams.domain.view import View


def _check(rules: Rules, client: Client, view: View, request: Request) -> list[Because]:
    return documents_missing.DOCUMENTS_MISSING.because(rules, client, view) if view.profile.missing else []


def _said(rules: Rules, client: Client, view: View, request: Request) -> Text:
    return documents_missing.DOCUMENTS_MISSING.said(rules, client, view)


DOCUMENTS_MISSING = RequestReason("documents_missing", "director", _check, _said)
