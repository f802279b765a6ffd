"""Documents (source: «Соглашение о сотрудничестве» and «Договор поставки»): signed, in force, ended, on which day.

Only the original counts, unless the policy lets a copy do. A document in the opening balances is signed on their day.
Signed again under its number, it is in force from then on, whatever ended before.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from streams.domain import periods
from streams.domain.client_facts import ClientFacts
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


def in_force(rules: Rules, client: Client, day: Days, document: str) -> bool:
    """Whether on `day` a document of this kind is signed and not ended."""
    return bool(numbers_in_force(rules, client, day, document))


def missing(rules: Rules, client: Client, day: Days) -> list[str]:
    """The required documents that are not in force on `day`; a request is refused while there are any."""
    return [document for document in REQUIRED if not in_force(rules, client, day, document)]


def ever_signed(rules: Rules, client: Client, day: Days, document: str) -> bool:
    """Whether a document of this kind was signed by `day`, ended since or not."""
    return bool(_signed(rules, client, day, document))


def ended(rules: Rules, client: Client, day: Days) -> list[str]:
    """Numbers of required documents that had been in force and ended by `day`."""
    return [
        number
        for document in REQUIRED
        for number, begins in _signed(rules, client, day, document).items()
        if not periods.in_force(begins, _ends(client, document, number), day)
    ]


def listed(rules: Rules, client: Client, day: Days) -> list[Document]:
    """All that is signed and not ended on `day`, by kind and number, up to the policy's limit of a list.

    A copy that does not count is there too, and what is signed from a coming day on.
    """
    latest: dict[tuple[str, str], tuple[Days, str]] = {}
    for document, number, form, on in _all_signed(client):
        place = document, number
        latest[place] = max(latest.get(place, (0, "")), (on, form))
    rows: list[Document] = []
    for (document, number), (on, form) in sorted(latest.items()):
        if not any(on <= end <= day for end in _ends(client, document, number)):
            counts = number in numbers_in_force(rules, client, day, document)
            rows.append(Document(document, number, form, iso(on), counts))
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


def numbers_in_force(rules: Rules, client: Client, day: Days, document: str) -> list[str]:
    """Numbers of the documents of this kind in force on `day`, in order."""
    return sorted(
        number
        for number, begins in _signed(rules, client, day, document).items()
        if periods.in_force(begins, _ends(client, document, number), day)
    )


def _signed(rules: Rules, client: Client, day: Days, document: str) -> dict[str, Days]:
    """Numbers of what was signed by `day` and counts, with the day of the last signing."""
    begins: dict[str, Days] = {}
    for kind, number, form, on in _all_signed(client):
        if kind == document and on <= day and _counts(rules, form):
            begins[number] = max(begins.get(number, 0), on)
    return begins


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


def _ends(client: Client, document: str, number: str) -> Iterator[Days]:
    about: ClientFacts = client.facts.about
    for fact in about.endings.values():
        if not fact.voided and fact.document == document and fact.number == number:
            yield fact.day
