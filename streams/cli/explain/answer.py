"""The story of a client as one JSON document; the page for people is drawn from the same document."""

from copy import copy
from typing import Any, Final

import msgspec

from schemas.catalogue import SHIPMENT_BLOCKS
from schemas.records import Instant, Output
from streams.cli.explain.story import Entry, Story
from streams.cli.folding import HistoryFold
from streams.cli.obligations import left_out, lines_of
from streams.domain.decision import decide
from streams.domain.fold import ClientFold
from streams.domain.money import text
from streams.domain.outputs import DeadlineCause
from streams.domain.shared import Shared, Standing
from streams.domain.state import Client

_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode
_MONTHS: Final = 12


def answer(fold: ClientFold, folded: HistoryFold[Client, Shared], state: Client, story: Story) -> dict[str, Any]:
    """All that is known of the client as of `folded.instant`, and how it came about."""
    standing = folded.shared.standing(state.seen)
    rules, at = standing.rules, folded.instant
    status = _decode(fold.status_as_of(folded.shared, state, at))
    outputs = [output for entry in story.entries for output in entry.outputs]
    return {
        "client_id": story.client_id,
        "name": _name(story.entries),
        "as_of": rules.instant_text(at),
        "policy": {"version": rules.version, "digest": rules.digest},
        "status": status,
        "conditions": conditions_now(fold, standing, state, at, status),
        "conditions_past": _conditions_past(outputs),
        "categories": [_moved(output) for output in outputs if output["type"] == "category.changed"],
        "next_change": status.get("next_change"),
        "obligations": [_decode(line) for line in lines_of(rules, state, at)],
        "obligations_left_out": left_out([state]),
        "turnover": [
            {"month": f"{month // _MONTHS:04d}-{month % _MONTHS + 1:02d}", "amount": text(amount)}
            for month, amount in sorted(state.position.turnover.items())
        ],
        "facts": _facts(story.entries),
        "timeline": [_told(entry, rules.instant_text(entry.at)) for entry in story.entries],
    }


def conditions_now(
    fold: ClientFold, standing: Standing, state: Client, at: Instant, status: dict[str, Any]
) -> list[dict[str, Any]]:
    """Every active condition with its grounds and what would lift it as of `at`, whatever was published before.

    A copy of the client on which nothing has opened yet is decided anew: what it publishes is the whole block.
    """
    if not status.get("conditions"):
        return []
    trial = fold.decode(fold.encode(state))
    trial.decided = copy(trial.decided)
    trial.decided.conditions = {}
    out: list[Output] = []
    cause = DeadlineCause(standing.rules.instant_text(at))
    decide(standing, trial, at, standing.rules.day_of(at), cause, False, out)
    since = {condition["reason"]: condition["since"] for condition in status["conditions"]}
    found = [_decode(output.value or b"{}") for output in out if output.topic == SHIPMENT_BLOCKS]
    return [
        {**condition, "since": since.get(condition["reason"], condition["since"])}
        for block in found
        for condition in block.get("conditions", ())
    ]


def _name(entries: list[Entry]) -> str | None:
    """As the latest record that counts says."""
    names = [
        entry.record["name"]
        for entry in entries
        if isinstance(entry.record, dict) and entry.rejected is None and isinstance(entry.record.get("name"), str)
    ]
    return next((name for name in reversed(names) if name), None)


def _moved(output: dict[str, Any]) -> dict[str, Any]:
    names = ("dimension", "scope", "from", "to", "effective_at", "decided_by", "because", "correction", "explanation")
    return {name: output.get(name) for name in names}


def _conditions_past(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every condition that ever opened: from when to when (null: still active), and why."""
    found: list[dict[str, Any]] = []
    for output in outputs:
        if output["topic"] != SHIPMENT_BLOCKS:
            continue
        for reason in output.get("closed", ()):
            last = next((one for one in reversed(found) if one["reason"] == reason and one["closed_at"] is None), None)
            if last is not None:
                last["closed_at"] = output["effective_at"]
        said = {one["reason"]: one for one in output.get("conditions", ())}
        for reason in output.get("opened", ()):
            one = said.get(reason, {})
            opened = {"reason": reason, "opened_at": output["effective_at"], "closed_at": None}
            found.append({**opened, "because": one.get("because", []), "explanation": one.get("explanation")})
    return found


def _facts(entries: list[Entry]) -> list[dict[str, Any]]:
    """The records of the client, the highest revision of each, with whether it counts; in order of arrival."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        said = entry.record
        if not isinstance(said, dict) or not isinstance(said.get("type"), str):
            continue
        name = said["type"], str(said.get("shipment_id") or said.get("id"))
        revision = said["revision"] if isinstance(said.get("revision"), int) else 1
        known, rejected = newest.get(name), None if entry.rejected is None else entry.rejected["reason"]
        if known is not None and (rejected or (known["rejected"] is None and known["revision"] > revision)):
            continue  # a rejected record replaces none, and the highest revision counts
        voided = said.get("voided") is True
        fact = {"type": name[0], "id": said.get("id"), "revision": revision, "voided": voided}
        newest[name] = {**fact, "counts": not rejected and not voided, "rejected": rejected, "value": said}
    return list(newest.values())


def _told(entry: Entry, at: str) -> dict[str, Any]:
    told = {"at": at, "cause": entry.cause, "record": entry.record, "rejected": entry.rejected}
    return {**told, "outputs": entry.outputs}
