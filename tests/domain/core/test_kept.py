"""Facts that nobody looked at stay the bytes they came as; nobody can tell from what is written."""

from typing import Any

import msgspec
import pytest

from schemas.policy_file import default_policy
from streams.domain.fold import ClientFold
from streams.domain.kept import Appended, Kept, kept_facts, written
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
    assert found == {**dict.fromkeys(KINDS, msgspec.Raw), kind: dict if kind == "dispatches" else Appended}


def _of_numbers(count: int, first: int = 0) -> dict[str, int]:
    return {f"n{number}": number for number in range(first, first + count)}


_decode_numbers = msgspec.msgpack.Decoder(dict[str, int]).decode


def _appended(count: int) -> tuple[Appended[int], list[bytes]]:
    """So many as bytes, and what was decoded of them so far."""
    decoded: list[bytes] = []

    def decode(data: bytes) -> dict[str, int]:
        decoded.append(data)
        return _decode_numbers(data)

    return Appended(msgspec.msgpack.encode(_of_numbers(count)), decode), decoded


@pytest.mark.parametrize("count", [0, 1, 14, 15, 16, 40, 65_534, 65_535, 65_536])
def test_new_facts_join_the_bytes_as_if_all_had_been_decoded(count: int) -> None:
    facts, decoded = _appended(count)
    for name, number in _of_numbers(2, first=count).items():
        assert facts.get(name) is None
        facts[name] = number
    assert facts.written() == msgspec.msgpack.encode(_of_numbers(count + 2))
    assert (len(facts), decoded) == (count + 2, [])


def test_an_id_that_the_bytes_may_hold_decodes_them() -> None:
    facts, decoded = _appended(20)
    assert (facts.get("n20"), facts.get("n1"), len(decoded)) == (None, 1, 1)
    assert facts == _of_numbers(20)


def test_a_fact_that_was_in_the_bytes_keeps_its_place_when_it_is_replaced() -> None:
    facts, _ = _appended(3)
    facts["n3"] = 3
    facts["n1"] = 7
    assert list(facts.items()) == [("n0", 0), ("n1", 7), ("n2", 2), ("n3", 3)]
    assert facts.written() == msgspec.msgpack.encode({"n0": 0, "n1": 7, "n2": 2, "n3": 3})


def test_a_look_for_one_id_says_nothing_of_the_next() -> None:
    facts, _ = _appended(3)
    assert "n9" not in facts
    facts["n1"] = 7
    assert list(facts) == ["n0", "n1", "n2"]


def test_many_facts_are_decoded_at_once() -> None:
    """To look through many bytes for each new id would cost more than it saves."""
    for count, kind in ((1_000, Appended), (4_000, dict)):
        data = msgspec.Raw(msgspec.msgpack.encode(_of_numbers(count)))
        assert type(kept_facts(data, _decode_numbers)) is kind


def test_a_client_that_stays_decoded_has_its_facts_decoded_when_it_is_encoded_again() -> None:
    fold, client, data = _decoded()
    assert client.facts.sales.get("A-2") is None
    kinds: list[tuple[Any, Any]] = []
    for _ in range(3):
        assert fold.encode(client) == data
        kinds.append((type(client.facts.sales_kept), type(client.facts.payments_kept)))
    assert kinds == [(Appended, msgspec.Raw), (dict, msgspec.Raw), (dict, msgspec.Raw)]


def test_no_other_encoder_takes_them_for_something_else() -> None:
    facts, _ = _appended(1)
    assert msgspec.msgpack.encode([facts], enc_hook=written) == msgspec.msgpack.encode([{"n0": 0}])
    with pytest.raises(TypeError):
        msgspec.msgpack.encode([facts])
    with pytest.raises(NotImplementedError):
        msgspec.msgpack.encode([object()], enc_hook=written)


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
