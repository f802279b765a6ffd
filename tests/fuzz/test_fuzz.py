"""Ten thousand mutated records in each run of CI; `make fuzz` sends as many as wanted (docs/fuzzing.md)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.records import Instant, Output, Rejected, Source
from streams.domain.fold import ClientFold
from streams.domain.shared import Shared
from streams.domain.state import Client
from streams.engine.folding import Folder
from streams.engine.misrouting import partition_of
from tests.fuzz.fates import APPLIED, DEAD, DUPLICATE, FORWARDED, SUPERSEDED, Broken
from tests.fuzz.run import WatchedFold, run, stream_of

RECORDS = 1_000


@pytest.mark.parametrize("world", range(8))
def test_every_record_has_one_fate_and_bad_ones_change_nothing_else(world: int) -> None:
    outcome = run(f"ci/{world}", RECORDS)
    assert sum(outcome.fates.values()) == outcome.records >= RECORDS
    assert all(outcome.fates[fate] for fate in (APPLIED, DUPLICATE, DEAD, FORWARDED)), outcome.fates


def test_a_seed_gives_the_same_records_again() -> None:
    assert stream_of("again", 300)[1] == stream_of("again", 300)[1]
    assert stream_of("again", 300)[1] != stream_of("another", 300)[1]


def test_all_fates_and_most_reasons_occur() -> None:
    fates, reasons = Counter[str](), Counter[str]()
    for world in range(6):
        outcome = run(f"reasons/{world}", RECORDS)
        fates += outcome.fates
        reasons += outcome.reasons
    assert {APPLIED, DUPLICATE, SUPERSEDED, DEAD, FORWARDED} <= set(fates)
    assert {
        "invalid_json", "not_an_object", "unknown_type", "wrong_topic", "missing_field", "invalid_field",
        "record_too_large", "empty_value", "key_missing", "key_invalid", "key_mismatch", "conflicting_revision",
        "partner_missing", "not_authorised", "misrouted", "limit_exceeded", "not_a_broadcast", "policy_invalid",
    } <= set(reasons)  # fmt: skip


def _forgets(fold: Any, state: Client, source: Source, rejected: Rejected | None) -> Rejected | None:
    """A rejected record is dropped without a word."""
    return None


def _forgets_payments(fold: Any, state: Client, source: Source, rejected: Rejected | None) -> Rejected | None:
    """A fact that was taken is lost."""
    state.facts.payments.clear()
    return rejected


def _raises(fold: Any, state: Client, source: Source, rejected: Rejected | None) -> Rejected | None:
    if rejected is not None and rejected.reason == "missing_field":
        raise ZeroDivisionError
    return rejected


def _changes(fold: Any, state: Client, source: Source, rejected: Rejected | None) -> Rejected | None:
    """A bad record leaves a mark on its client."""
    if rejected is not None:
        state.position.unapplied += 1
    return rejected


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (_forgets, "silently dropped|the rules say None"),
        (_forgets_payments, "silently dropped: payment.received is neither in the state"),
        (_raises, "the rules raised"),
        (_changes, "differs from what its good records alone make of it in position.unapplied"),
    ],
)
def test_a_mistake_in_the_rules_is_found(
    monkeypatch: pytest.MonkeyPatch, mistake: Callable[..., Rejected | None], said: str
) -> None:
    rightly = ClientFold.record

    def record(
        self: WatchedFold, shared: Shared, state: Client, source: Source, at: Instant, out: list[Output]
    ) -> Rejected | None:
        return mistake(self, state, source, rightly(self, shared, state, source, at, out))

    monkeypatch.setattr(ClientFold, "record", record)
    with pytest.raises(Broken, match=said):
        run("mistake", RECORDS)


def test_a_dead_letter_with_other_bytes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rightly = ClientFold.rejected

    def rejected(self: WatchedFold, source: Source, why: Rejected, at: Instant) -> Output:
        letter = rightly(self, source, why, at)
        return replace(letter, value=letter.value and letter.value.rstrip())

    monkeypatch.setattr(ClientFold, "rejected", rejected)
    with pytest.raises(Broken, match="its dead letter has other bytes"):
        run("mistake", RECORDS)


def test_a_misrouted_record_that_is_not_sent_on_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def misroute(self: Any, key: bytes, record: Source, *rest: Any) -> bool:
        return partition_of(key, self.partitions) != int(self.partition)

    monkeypatch.setattr(Folder, "_misroute", misroute)
    with pytest.raises(Broken, match=r"silently dropped: \d+ of"):
        run("mistake", RECORDS)
