"""Completes the events of the topic `clients` that the fast path reads: who a client is, its documents and outlets.

As in `schemas.completing`, False means: the model of `schemas.inputs` decides.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from schemas.digests import digest_of
from schemas.events import (
    ClientClosed,
    ClientRegistered,
    DocumentEnded,
    DocumentSigned,
    OutletClosed,
    OutletOpened,
)
from schemas.forms import is_day, is_printable

_DOCUMENTS: Final = ("cooperation_agreement", "supply_contract")
_FORMS: Final = ("original", "copy")


def _client_registered(event: ClientRegistered) -> bool:
    activities, territory, directions = event.activities, event.territory, event.directions
    if not event.name or not is_day(event.registered_on):
        return False
    if not is_printable((territory or "") + "".join(activities) + "".join(directions)):
        return False
    what = (event.name, event.wholesaler, activities, territory, directions)
    event.digest = digest_of((event.revision, what, event.registered_on))
    return True


def _client_closed(event: ClientClosed) -> bool:
    event.digest = digest_of((event.revision, event.on))
    return is_day(event.on)


def _document_signed(event: DocumentSigned) -> bool:
    number, accepted_by, direction = event.number, event.accepted_by, event.direction
    if event.form not in _FORMS or not accepted_by or not direction or not is_printable(accepted_by + direction):
        return False
    event.digest = digest_of((event.revision, event.document, number, event.on, event.form, accepted_by, direction))
    return _is_document(event.document, number, event.on)


def _document_ended(event: DocumentEnded) -> bool:
    event.digest = digest_of((event.revision, event.document, event.number, event.on))
    return _is_document(event.document, event.number, event.on)


def _is_document(document: str, number: str, on: date) -> bool:
    return document in _DOCUMENTS and bool(number) and is_printable(number) and is_day(on)


def _outlet_opened(event: OutletOpened) -> bool:
    return bool(event.territory) and _outlet(event)


def _outlet(event: OutletOpened | OutletClosed) -> bool:
    outlet, territory, mall = event.outlet_id, event.territory, event.mall
    if not outlet or not is_printable(outlet + (territory or "") + (mall or "")):
        return False
    event.digest = digest_of((event.revision, outlet, event.on, territory, mall))
    return is_day(event.on)


ABOUT_CLIENT: Final[dict[type, Callable[[Any], bool]]] = {
    ClientRegistered: _client_registered,
    ClientClosed: _client_closed,
    DocumentSigned: _document_signed,
    DocumentEnded: _document_ended,
    OutletOpened: _outlet_opened,
    OutletClosed: _outlet,
}
