"""Events of the topic `clients` about one obligation; all carry the person who decided and since when it holds."""

from datetime import date

from schemas.events.base import Event


class ObligationRescheduled(Event, tag="obligation.rescheduled"):
    obligation_id: str = ""
    due_date: date = date.min
    on: date = date.min
    author: str = ""
    reason: str = ""


class ObligationDisputed(Event, tag="obligation.disputed"):
    obligation_id: str = ""
    on: date = date.min
    author: str = ""
    reason: str = ""


class ObligationResolved(Event, tag="obligation.resolved"):
    obligation_id: str = ""
    on: date = date.min
    author: str = ""
    reason: str = ""


class ObligationWrittenOff(Event, tag="obligation.written_off"):
    obligation_id: str = ""
    on: date = date.min
    author: str = ""
    reason: str = ""
