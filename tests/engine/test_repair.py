"""Which clients' last records are written again; pure."""

from typing import Any

from schemas.records import Output
from streams.engine.repair import Repair
from streams.engine.settings import EngineSettings
from streams.engine.states import States
from tests.engine.counting import STATUS, CountingFold, CountState


def _watched(*sequences: tuple[str, int, int]) -> tuple[Repair, States[Any, Any]]:
    """(client, sequence in the topic, sequence in the state) of clients that a look has found."""
    states: States[Any, Any] = States(CountingFold(), 10)
    repair = Repair(EngineSettings(compacted_output_topics=(STATUS,)), 0)
    for client, said, sequence in sequences:
        key = client.encode()
        states.live[key] = CountState(client, sequence=sequence, status=b"{}")
        repair.last[STATUS][key] = said
    return repair, states


def _ids(outputs: list[Output]) -> list[str]:
    return [dict(output.headers)["ce_id"].decode() for output in outputs]


def test_a_client_whose_last_record_is_older_than_its_state_is_written_again() -> None:
    repair, states = _watched(("a", 3, 4), ("b", 7, 7))
    assert _ids(repair.compare(states, 10)) == ["a:4"]
    assert not repair.waiting


def test_a_client_published_since_the_look_is_not_written_again() -> None:
    """Its state has moved on and so has the topic: its newest record there is the one just acknowledged."""
    repair, states = _watched(("a", 3, 4), ("b", 6, 7))
    repair.newest([Output(STATUS, b"a", b"{}", []), Output("groups", b"b", b"{}", [])])
    assert _ids(repair.compare(states, 10)) == ["b:7"]
