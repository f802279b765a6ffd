"""Mutations that know a record's structure: of its fields, of its JSON text, of its key, topic, headers and place."""

import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, Final

from tests.fuzz.valid import Draft
from tests.schemas.examples import TOPICS

SCALARS: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1, 2**31, 2**31 - 1, 2**63, 10**30, -(10**400), 1e308, -0.0, 1.0, 0.1, "", " ", "0", "-1",
    "0.00", "00.10", ".5", "5.", "1.234", "1e3", "+1", " 1", "1 ", "1_0", "NaN", "Infinity", "١", "１.00", "9" * 14,
    "9999999999999.99", "99999999999999.99", "0.001", "999999999.999", "0.000", "true", "2026-02-29", "2028-02-29",
    "2026-3-1", "0001-01-01", "9999-12-31", "1970-01-01", "1969-12-31", "2199-12-31", "20260305", "2026-W10-4",
    "2026-03-05T00:00:00", "2026-03-05T24:00:00Z", "2026-03-05T00:00:60Z", "2026-03-05T00:00:00+14:00",
    "2026-03-05T00:00:00+03:60", "2026-03-05T00:00:00-00:00", "2026-03-05t00:00:00.123456789z", "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00+03:00", "2199-12-31T23:59:59Z", "x" * 64, "x" * 65, "x" * 66, "x" * 67, "ж" * 64, "x" * 500,
    "x" * 501, "x" * 70_000, "\0", "\x7f", "\u2028", "\xa0", "\ufeff", "\u202e", "🚚", "A", "D", "USD", "usd", "XXX",
    "ДОЛ", "../../etc", "' OR 1=1 --", "<script>", "payment.received", "unknown.kind", [], {}, [[]], [None], [""],
    {"": ""}, [1, 2], ["a", "a"], {"amount": "1"},
)  # fmt: skip
"""What stands where another value should; each of them is JSON."""
_NAMES: Final = (
    "digest", "amount_minor", "at_ms", "rrp_minor", "rate", "revision", "voided", "instalments", "lines", "type", "",
    "client_id", "id", "signature", "payment_term_days", "__class__", "x", "currency", "amount_max", "shipment_id",
)  # fmt: skip
_TOPICS: Final = (*sorted(set(TOPICS.values())), "stoplist-importance")
_RAW: Final[tuple[bytes, ...]] = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"9" * 9_000, b"-" + b"9" * 5_000, b"0." + b"1" * 5_000,
    b"1e-999999999", b"01", b"+1", b".5", b"1.", b"-", b"tru", b"nul", b'"\\ud800"', b'"\\udc00\\ud800"',
    b'"\\ud83d\\ude9a"', b'"\\q"', b'"\\u12"', b'"\x01"', b'"\xff\xfe"', b'"\xc0\x80"', b'"\xed\xa0\x80"',
    b'"\xf4\x90\x80\x80"', b"[1,]", b'{"a":1,}', b"{1:2}", b"'x'", b"1 // no", b"/* no */ 1", b"[" * 150 + b"]" * 150,
    b"[" * 200 + b"]" * 200, b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 199 + b"1" + b"}" * 199,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"[" * 30_000, b'"' + b"[" * 300 + b'"', b'"' + b"\\" * 301 + b'"',
    b'"\\"[["', b"\x00", b"",
)  # fmt: skip
"""JSON, or what looks like it, to be spliced into a text; `json.dumps` would never write it."""
_KEYS: Final[tuple[bytes | None, ...]] = (
    None, b"", b" ", b"C-1", b"C-2", b"C-1 ", b"c-1", b"x" * 64, b"x" * 65, b"x" * 5_000, b"\xff\xfe", b"\xed\xa0\x80",
    b"C-1\x00", "C-1\u200b".encode(), "ж".encode() * 64, b"\n", b"null", b'{"client_id":"C-1"}', b"C-99",
)  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a value lies in a document, every one below `path`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(*path, name) for name, _ in inner]
    for name, one in inner if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += _paths(one, (*path, name))
    return found


def _holder(document: Any, path: tuple[Any, ...]) -> Any:
    for name in path[:-1]:
        document = document[name]
    return document


def replaced(random: Random, document: dict[str, Any]) -> None:
    """Another value in some field, however deep."""
    path = random.choice(_paths(document))
    _holder(document, path)[path[-1]] = deepcopy(random.choice(SCALARS))


def left_out(random: Random, document: dict[str, Any]) -> None:
    """A field is missing."""
    path = random.choice(_paths(document))
    del _holder(document, path)[path[-1]]


def added(random: Random, document: dict[str, Any]) -> None:
    """A field that nobody reads, or that only the inside knows."""
    holder = _holder(document, random.choice(_paths(document)))
    if isinstance(holder, dict):
        holder[random.choice(_NAMES)] = deepcopy(random.choice(SCALARS))
    elif holder:
        holder.extend(holder * random.choice((1, 3, 1_200)))


def moved(random: Random, document: dict[str, Any]) -> None:
    """The value of one field in another."""
    here, there = random.choice(_paths(document)), random.choice(_paths(document))
    value = _holder(document, here)[here[-1]]
    if there[: len(here)] != here:
        _holder(document, there)[there[-1]] = json.loads(json.dumps(value))


def retyped(random: Random, document: dict[str, Any]) -> None:
    """Another event's name, or none."""
    document["type"] = random.choice((*TOPICS, "PAYMENT.RECEIVED", "payment", "", None, 7, ["payment.received"]))


def case_changed(random: Random, document: dict[str, Any]) -> None:
    """A field's name written otherwise."""
    name = random.choice(list(document))
    document[random.choice((name.upper(), f"{name} ", name[:-1], name.replace("_", "-")))] = document.pop(name)


def withdrawn(random: Random, document: dict[str, Any]) -> None:
    """Voided, with a revision that may be above the first."""
    document["voided"] = True
    document["revision"] = random.choice((1, 2, 3, 2**31 - 1, 2**31))


OF_DOCUMENT: Final[tuple[Callable[[Random, dict[str, Any]], None], ...]] = (
    replaced, replaced, replaced, left_out, left_out, added, moved, retyped, case_changed, withdrawn,
)  # fmt: skip


def flipped(random: Random, value: bytes) -> bytes:
    """Some bits."""
    spoilt = bytearray(value)
    for _ in range(random.choice((1, 1, 2, 8))):
        spoilt[random.randrange(len(spoilt))] ^= 1 << random.randrange(8)
    return bytes(spoilt)


def cut(random: Random, value: bytes) -> bytes:
    """The end, the beginning or the middle is missing."""
    start, end = sorted((random.randrange(len(value) + 1), random.randrange(len(value) + 1)))
    return random.choice((value[:start], value[end:], value[:start] + value[end:], value + value[start:end]))


def spliced(random: Random, value: bytes) -> bytes:
    """Something alien in place of a value, or of anything."""
    places = [index for index, byte in enumerate(value) if byte == ord(":")] or [0]
    start = random.choice((random.choice(places) + 1, random.randrange(len(value) + 1)))
    end = min(len(value), start + random.choice((0, 1, 4, 9)))
    return value[:start] + random.choice(_RAW) + value[end:]


def member_twice(random: Random, value: bytes) -> bytes:
    """A name that is there already, with a value of its own, before the others or after."""
    names = [b"id", b"type", b"client_id", b"amount", b"revision", b"voided", b"x", b"typ\\u0065", b"lines", b"at"]
    other = random.choice((json.dumps(random.choice(SCALARS)).encode(), random.choice(_RAW)))
    member = b'"' + random.choice(names) + b'":' + other
    return b"{" + member + b"," + value[1:] if random.random() < 0.5 else value[:-1] + b"," + member + b"}"


def dressed(random: Random, value: bytes) -> bytes:
    """The same JSON in another coat: encodings, marks, white space, padding, an array around it."""
    text = value.decode("utf-8", "replace")
    coats: tuple[Callable[[], bytes], ...] = (
        lambda: b"\xef\xbb\xbf" + value,
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-32-be"),
        lambda: text.encode("cp1251", "replace"),
        lambda: b" \r\n\t" + value + b"\n",
        lambda: b"[" + value + b"]",
        lambda: json.dumps(text).encode(),
        lambda: value + value,
        lambda: value + b"\x00",
        lambda: value[:-1] + b',"x":"' + b"y" * 66_000 + b'"}',
        lambda: value[:-1] + b"," + b" " * (65_530 - len(value)) + b'"x":1}',
        lambda: b"\x00\x00\x00\x00\x07" + value,  # as a schema registry's serializer frames it
    )
    return random.choice(coats)()


def noise(random: Random, value: bytes) -> bytes:
    """Nothing of the record is left."""
    return random.choice((
        random.randbytes(random.choice((1, 2, 16, 300, 70_000))),
        bytes(random.choices(b'{}[]":,\\0123e+-.tfn \n', k=random.randrange(1, 80))),
        b"null", b"true", b"[]", b"{}", b"0", b'""', b"[" * 100_000, b'{"type":"payment.received"}',
    ))  # fmt: skip


OF_VALUE: Final[tuple[Callable[[Random, bytes], bytes], ...]] = (
    flipped, flipped, cut, spliced, spliced, spliced, member_twice, member_twice, dressed, noise,
)  # fmt: skip


def rekeyed(random: Random, draft: Draft) -> Draft:
    """Another key: somebody else's, none, or one that is no client id."""
    return draft._replace(key=random.choice((*_KEYS, random.randbytes(random.choice((1, 8, 64))))))


def astray(random: Random, draft: Draft) -> Draft:
    """Another topic."""
    return draft._replace(topic=random.choice(_TOPICS))
