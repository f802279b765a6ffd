"""Records as careless systems send them: each lands in the dead letters with its reason."""

import random
from typing import Any, Final

import msgspec


def spoiled(value: bytes, generator: random.Random) -> bytes:
    """The record with one mistake in it."""
    body: dict[str, Any] = msgspec.json.decode(value)
    mistake = generator.choice(_MISTAKES)
    if mistake == "cut":
        return value[: len(value) // 2]
    if mistake == "unknown":
        body["type"] = f"{body['type']}.test"
    elif mistake == "missing":
        del body["id"]
    else:
        body["id"] = {"number": body["id"]}
    return msgspec.json.encode(body)


_MISTAKES: Final = ("cut", "unknown", "missing", "nested")
