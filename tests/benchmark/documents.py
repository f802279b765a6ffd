"""How a client begins: with documents, without which nothing may be shipped to it, or with opening balances."""

from collections.abc import Iterator

_KINDS = ("cooperation_agreement", "supply_contract")


def signed(client_id: str, day: str) -> Iterator[bytes]:
    """A record's value for each document of a new client, signed on a date."""
    for document in _KINDS:
        yield (
            f'{{"type":"document.signed","id":"{document}","client_id":"{client_id}","document":"{document}",'
            f'"number":"{client_id}","on":"{day}","form":"original","accepted_by":"head","direction":"stationery"}}'
        ).encode()


def opened(client_id: str, day: str) -> bytes:
    """The value of the opening balances of a client past its first deal, without debts, as of a date."""
    documents = ",".join(f'{{"document":"{document}","number":"1"}}' for document in _KINDS)
    return (
        f'{{"type":"client.opened","id":"open-{client_id}","client_id":"{client_id}","as_of":"{day}","currency":"USD",'
        f'"lifecycle":"active","documents":[{documents}]}}'
    ).encode()
