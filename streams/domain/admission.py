"""Does a record count at all? What the record alone and the policy decide, before any fact is looked at."""

from datetime import date
from typing import Final

from schemas.dead_letters import KEY_MISMATCH, NOT_A_BROADCAST, UNKNOWN_TYPE
from schemas.decoding import Decoded
from schemas.events import CLIENT_EVENTS, Judgement, PaymentsCompleted, PolicyActivated
from schemas.keys import read_key
from schemas.records import Rejected, Source
from schemas.signatures import roles_for, verify
from streams.domain import ledger
from streams.domain.ages import check_age
from streams.domain.policy import Rules
from streams.domain.state import Days

BROADCAST_EVENTS: Final = (PaymentsCompleted, PolicyActivated)
_NOT_OF_A_CLIENT: Final = (Rejected, *BROADCAST_EVENTS)
# asked of the type itself, for each record: `isinstance` looks through bases
_SIGNED: Final = frozenset(kind for kind in CLIENT_EVENTS if issubclass(kind, Judgement))


def refusal(
    rules: Rules, client_id: str, event: Decoded | Rejected, source: Source, appended_on: Days
) -> Rejected | None:
    """Why a keyed record of `client_id`, appended on a day, does not count; None when it may, and then it is an event
    of that client. In this order: key, form, key against body, a rule that takes it, signature, age."""
    kind = type(event)
    if kind in _NOT_OF_A_CLIENT or event.client_id != client_id:  # type: ignore[union-attr]
        return _of_no_client(event, source)
    if not ledger.takes(kind):
        return Rejected(UNKNOWN_TYPE, "type", "Send it again to a version of Stoplist whose rules know this event.")
    if kind in _SIGNED:
        on = date.fromordinal(appended_on)
        why = verify(source.value or b"", rules.keys, roles_for(event), on)  # type: ignore[arg-type]
        if why is not None:
            return why
    return check_age(rules, event, source.timestamp, appended_on)  # type: ignore[arg-type]


def _of_no_client(event: Decoded | Rejected, source: Source) -> Rejected:
    named = read_key(source.key)
    if isinstance(named, Rejected):
        return named
    if isinstance(event, Rejected):
        return event
    if isinstance(event, BROADCAST_EVENTS):
        return Rejected(NOT_A_BROADCAST, "key", "Send it without a key, to every partition: it concerns every client.")
    return Rejected(KEY_MISMATCH, "client_id", "Send the record under the key that is its client_id.")
