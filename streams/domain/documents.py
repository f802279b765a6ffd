"""Documents (source: «Соглашение о сотрудничестве» and «Договор поставки»): signed, in force, ended, on which day.

Only the original counts, unless the policy lets a copy do. A document in the opening balances is signed on their day.
Signed again under its number, it is in force from then on, whatever ended before.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from streams.domain import periods
from streams.domain.fact import Days
from streams.domain.lookup import opening_in_force
from streams.domain.policy import Rules
from streams.domain.sentences import iso
from streams.domain.state import Client

COOPERATION_AGREEMENT: Final = "cooperation_agreement"
SUPPLY_CONTRACT: Final = "supply_contract"
REQUIRED: Final = (COOPERATION_AGREEMENT, SUPPLY_CONTRACT)
"""Work with a client starts when both are signed; a shipment needs both in force."""
ORIGINAL: Final = "original"


class Document(msgspec.Struct, gc=False):
    """What is signed and not ended, as the status shows it."""

    document: str
    number: str
    form: str
    on: str
    in_force: bool


class Known(msgspec.Struct, gc=False):
    """A document that was signed, by its kind and number, as of a day."""

    document: str
    number: str
    on: Days = 0
    """The day of its last signing, be it a copy or dated ahead."""
    form: str = ""
    """Of that signing."""
    begins: Days = 0
    """The day of the last signing that counts by then; 0: there is none."""
    in_force: bool = False
    over: bool = False
    """It has ended since its last signing."""


def as_of(rules: Rules, client: Client, day: Days) -> list[Known]:
    """Every document that was signed or will be, as of `day`, in order of kind and number."""
    found: dict[tuple[str, str], Known] = {}
    for document, number, form, on in _all_signed(client):
        known = found.get((document, number))
        if known is None:
            known = found[document, number] = Known(document, number)
        if (on, form) > (known.on, known.form):
            known.on, known.form = on, form
        if known.begins < on <= day and _counts(rules, form):
            known.begins = on
    for (document, number), known in found.items():
        ends = _ends(client, document, number)
        known.in_force = periods.in_force(known.begins, ends, day)
        known.over = any(known.on <= end <= day for end in ends)
    return [found[place] for place in sorted(found)]


def missing(known: list[Known]) -> list[str]:
    """The required documents that are not in force; a request is refused while there are any."""
    present = [one.document for one in known if one.in_force]
    return [document for document in REQUIRED if document not in present]


def ever_signed(known: list[Known]) -> list[str]:
    """The required documents that have been signed by then, ended since or not."""
    signed = [one.document for one in known if one.begins]
    return [document for document in REQUIRED if document in signed]


def ended(known: list[Known]) -> list[str]:
    """Numbers of required documents that had been in force and have ended."""
    return [one.number for one in known if one.begins and not one.in_force and one.document in REQUIRED]


def listed(rules: Rules, known: list[Known]) -> list[Document]:
    """All that is signed and not ended, up to the policy's limit of a list.

    A copy that does not count is there too, and what is signed from a coming day on.
    """
    rows = [Document(one.document, one.number, one.form, iso(one.on), one.in_force) for one in known if not one.over]
    return rows[: rules.obligations_listed_max]


def signing_ids(rules: Rules, client: Client, day: Days) -> list[str]:
    """Ids of the facts that brought required documents into force by `day`, in order."""
    found = [
        (fact.day, fact_id)
        for fact_id, fact in client.facts.about.signings.items()
        if not fact.voided and fact.day <= day and fact.document in REQUIRED and _counts(rules, fact.form)
    ]
    return [fact_id for _, fact_id in sorted(found)]


def ending_ids(client: Client, day: Days) -> list[str]:
    """Ids of the facts that ended required documents by `day`, in order."""
    found = [
        (fact.day, fact_id)
        for fact_id, fact in client.facts.about.endings.items()
        if not fact.voided and fact.day <= day and fact.document in REQUIRED
    ]
    return [fact_id for _, fact_id in sorted(found)]


def next_day(rules: Rules, client: Client, day: Days) -> Days:
    """The first day after `day` on which a signing or an end takes effect; NEVER: none."""
    about = client.facts.about
    borders = [fact.day for fact in (*about.signings.values(), *about.endings.values()) if not fact.voided]
    return periods.next_border(borders, day)


def _counts(rules: Rules, form: str) -> bool:
    return form == ORIGINAL or rules.copies_count


def _all_signed(client: Client) -> Iterator[tuple[str, str, str, Days]]:
    """(document, number, form, signed on), those of the opening balances included."""
    opening_id = opening_in_force(client) if client.facts.openings else None
    counts_from = 0
    if opening_id is not None:
        opening = client.facts.openings[opening_id]
        counts_from = opening.day
        for row in opening.documents:
            yield row["document"], row["number"], ORIGINAL, opening.day
    for fact in client.facts.about.signings.values():
        if not fact.voided and fact.day >= counts_from:
            yield fact.document, fact.number, fact.form, fact.day


def _ends(client: Client, document: str, number: str) -> list[Days]:
    endings = client.facts.about.endings
    return [
        fact.day for fact in endings.values() if (fact.document, fact.number) == (document, number) and not fact.voided
    ]
