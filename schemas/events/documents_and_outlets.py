"""Events of the topic `clients` about documents and trading points."""

from datetime import date

from schemas.events.base import Event, Id


class DocumentSigned(Event, tag="document.signed"):
    """`document` is cooperation_agreement or supply_contract, `form` original or copy."""

    document: str = ""
    number: Id = ""
    on: date = date.min
    form: str = ""
    accepted_by: Id = ""
    direction: Id = ""


class DocumentEnded(Event, tag="document.ended"):
    """`on` is the first date on which it is no longer in force."""

    document: str = ""
    number: Id = ""
    on: date = date.min


class OutletOpened(Event, tag="outlet.opened"):
    outlet_id: Id = ""
    on: date = date.min
    territory: Id = ""
    mall: Id | None = None


class OutletClosed(Event, tag="outlet.closed"):
    """`on` is the first date on which it is no longer active."""

    outlet_id: Id = ""
    on: date = date.min
    territory: Id | None = None
    mall: Id | None = None
