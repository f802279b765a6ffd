"""The key of a record: the client id in UTF-8."""

from schemas.dead_letters import KEY_INVALID, KEY_MISSING
from schemas.forms import is_printable
from schemas.records import Rejected


def read_key(key: bytes | None) -> str | Rejected:
    """The client id a key says, or why it is none; a record of all clients has no key and needs no reading."""
    if key is None:
        return Rejected(KEY_MISSING, "key", "Send the record with its client_id as key.")
    try:
        client_id = key.decode("utf-8")
    except UnicodeDecodeError:
        client_id = ""
    if not 1 <= len(client_id) <= 64 or not is_printable(client_id):
        return Rejected(KEY_INVALID, "key", "Send the record with its client_id as key: 1 to 64 printable characters.")
    return client_id
