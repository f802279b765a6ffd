"""The documents of a client, without which nothing may be shipped to it."""

from collections.abc import Iterator

_KINDS = ("cooperation_agreement", "supply_contract")


def signed(client_id: str, day: str) -> Iterator[bytes]:
    """A record's value for each, signed on a date."""
    for document in _KINDS:
        yield (
            f'{{"type":"document.signed","id":"{document}","client_id":"{client_id}","document":"{document}",'
            f'"number":"{client_id}","on":"{day}","form":"original","accepted_by":"head","direction":"stationery"}}'
        ).encode()
