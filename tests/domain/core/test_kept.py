"""Facts that nobody looked at stay the bytes they came as; nobody can tell from what is written."""

from typing import Any

import msgspec
import pytest

from schemas.policy_file import default_policy
from streams.domain.fold import ClientFold
from streams.domain.kept import Kept
from streams.domain.state import Client, Dispatch, Facts, Obligation, Payment, Sale

KINDS = ("dispatches", "payments", "sales")


def _facts() -> Facts:
    owed = Obligation("S-1/1", 739_000, 9000, due=739_000, outstanding=4000)
    return Facts(
        {"S-1": Dispatch(revision=1, digest=b"d", day=738_990, at=5, obligations=[owed])},
        {"P-1": Payment(revision=2, digest=b"p", day=738_995, amount=5000, names=["S-1/1"])},
        sales_kept={"A-1": Sale(revision=1, digest=b"a", day=738_996, amount=700)},
        count=3,
    )


def _decoded() -> tuple[ClientFold, Client, bytes]:
    fold = ClientFold(default_policy())
    data = fold.encode(Client("beta", facts=_facts()))
    return fold, fold.decode(data), data


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_decoded_when_it_is_looked_at_and_no_other(kind: str) -> None:
    _, client, _ = _decoded()
    assert getattr(client.facts, kind) == getattr(_facts(), kind)
    found = {name: type(getattr(client.facts, f"{name}_kept")) for name in KINDS}
    assert found == {**dict.fromkeys(KINDS, msgspec.Raw), kind: dict}


@pytest.mark.parametrize("looked_at", [(), *((kind,) for kind in KINDS), KINDS])
def test_what_is_written_is_the_same_whatever_was_looked_at(looked_at: tuple[str, ...]) -> None:
    fold, client, data = _decoded()
    for kind in looked_at:
        getattr(client.facts, kind)
    assert fold.encode(client) == data
    assert fold.canonical(client) == fold.canonical(Client("beta", facts=_facts()))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_changed_after_a_look_is_written(kind: str) -> None:
    fold, client, _ = _decoded()
    (fact,) = getattr(client.facts, kind).values()
    fact.revision = 9
    (found,) = getattr(fold.decode(fold.encode(client)).facts, kind).values()
    assert found.revision == 9


def test_an_older_version_s_bytes_and_the_same_facts_written_today_have_one_hash() -> None:
    """A fact of an older version lacks the fields that came later: here a sale without its rate and book."""
    fold, client, data = _decoded()
    sale = msgspec.msgpack.encode(client.facts.sales["A-1"])
    fields = msgspec.msgpack.decode(sale)
    assert fields[-2:] == ["", -1]
    older = data.replace(sale, msgspec.msgpack.encode(fields[:-2]))
    assert older != data
    assert fold.canonical(fold.decode(older)) == fold.canonical(client)


def test_to_the_decoder_kept_facts_are_bytes() -> None:
    class Holder(msgspec.Struct, array_like=True):
        facts: Kept[str, int]

    found: Any = msgspec.msgpack.decode(msgspec.msgpack.encode([{"one": 1}]), type=Holder)
    assert type(found.facts) is msgspec.Raw
