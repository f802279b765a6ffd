"""From a record's bytes to an event, or to the reason why it is none.

The usual record goes straight from bytes into a struct of `schemas.events`. Whatever that does not take for any reason
is judged by the pydantic model of `schemas.inputs`, which alone decides: it names the field of a bad record, and an
event it accepts is built from it. So the fast path may be too strict, never too lenient; a test compares the two.
The models are loaded for the first record that needs them: a worker that starts does not wait for them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from pydantic import ValidationError

from schemas import dead_letters as reasons
from schemas import events
from schemas.catalogue import CLIENTS, PAYMENTS, RECORD_BYTES_MAX, SALES, SHIPMENTS, TOPIC_OF_TYPE
from schemas.completing import complete
from schemas.json_document import DEPTH_MAX, read_json, too_deep
from schemas.records import Rejected
from schemas.wording import field_of, in_words

if TYPE_CHECKING:
    from schemas.inputs import Input

_FLAT_MAX: Final = 2 * DEPTH_MAX
"""No JSON of so few bytes is nested too deeply: each level takes two."""

Decoded = events.ClientEvent | events.Broadcast

_FAST: Final[dict[str, Callable[[bytes], Decoded]]] = {
    PAYMENTS: msgspec.json.Decoder(events.PaymentReceived | events.PaymentReversed).decode,
    SHIPMENTS: msgspec.json.Decoder(
        events.ShipmentDispatched | events.GoodsReturned | events.ShipmentRequested | events.ShipmentCancelled
    ).decode,
    SALES: msgspec.json.Decoder(events.SaleRecorded | events.SaleReturned).decode,
    CLIENTS: msgspec.json.Decoder(
        events.ClientRegistered
        | events.ClientClosed
        | events.DocumentSigned
        | events.DocumentEnded
        | events.OutletOpened
        | events.OutletClosed
    ).decode,
}
_STRUCTS: Final[dict[str, type[Decoded]]] = {
    str(struct.__struct_config__.tag): struct for struct in (*events.CLIENT_EVENTS, *events.BROADCASTS)
}


def decode(topic: str, value: bytes | None) -> Decoded | Rejected:
    """The event in a record of `topic`, numbers in their units and digest filled; or why the record is none.

    Checked is what the record alone shows: form, ranges, and that the topic is the event's. Key, currency, age and
    signature are for the rules, which know policy and client. Never raises.
    """
    fast = _FAST.get(topic)
    if (
        fast is not None
        and value
        and len(value) <= RECORD_BYTES_MAX
        and (len(value) <= _FLAT_MAX or not too_deep(value))
    ):
        try:
            event = fast(value)
            if complete(event) and (value.isascii() or value.decode()):  # ignored fields must be UTF-8 as well
                return event
        except (msgspec.MsgspecError, ValueError, RecursionError):
            pass
    return _judged(topic, value)


def _judged(topic: str, value: bytes | None) -> Decoded | Rejected:
    """The contract's own verdict."""
    from schemas.inputs import MODELS

    if not value:
        return Rejected(reasons.EMPTY_VALUE, None, "Send the whole fact again with voided true to withdraw it.")
    if len(value) > RECORD_BYTES_MAX:
        return Rejected(reasons.RECORD_TOO_LARGE, None, f"Its value has {len(value)} bytes; send at most 65536.")
    try:
        document = read_json(value)
    except ValueError:
        return Rejected(reasons.INVALID_JSON, None, "Send one JSON object in UTF-8, nested at most 200 deep.")
    if not isinstance(document, dict):
        return Rejected(reasons.NOT_AN_OBJECT, None, "Send one JSON object a record.")
    kind = document.get("type")
    if kind is None:
        return Rejected(reasons.MISSING_FIELD, "type", "Add the event's type, for example payment.received.")
    if not isinstance(kind, str):
        return Rejected(reasons.INVALID_FIELD, "type", "Write the event's type as a string.")
    if kind not in TOPIC_OF_TYPE or kind not in MODELS:
        return Rejected(reasons.UNKNOWN_TYPE, "type", "Send an event that the contract lists.")
    if TOPIC_OF_TYPE[kind] != topic:
        return Rejected(reasons.WRONG_TOPIC, "type", f"Send {kind} to the topic {TOPIC_OF_TYPE[kind]}.")
    return _validated(kind, document)


def _validated(kind: str, document: dict[str, Any]) -> Decoded | Rejected:
    from schemas.inputs import MODELS, voided_model

    model: type[Input] = MODELS[kind]
    if document.get("voided") is True and "client_id" in model.model_fields:
        model = voided_model(kind)
    try:
        valid = model.model_validate(document)
    except ValidationError as error:
        return _rejected(error)
    members = {"type": kind, **valid.model_dump(exclude_none=True)}
    event = msgspec.convert(members, _STRUCTS[kind])
    if not complete(event):
        raise AssertionError(f"{kind} is valid by its model and not by its struct")
    return event


def _rejected(error: ValidationError) -> Rejected:
    """The first thing that is wrong, as reason, field and remedy; nothing of the value is repeated."""
    found = error.errors(include_url=False, include_input=False)
    first = found[0]
    path, said = field_of(first, in_words(first))
    field = ".".join(path)
    if first["type"] == "missing":
        missing = [".".join(field_of(item, in_words(item))[0]) for item in found if item["type"] == "missing"]
        return Rejected(reasons.MISSING_FIELD, field, f"Add {', '.join(missing)}.")
    return Rejected(reasons.INVALID_FIELD, field, f"{field}: {said}.")
