"""What must be so in the end: by the product's own proof, and by the account that was kept beside the load."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from schemas.catalogue import CLIENT_STATUS, DEAD_LETTERS
from tests.harness.beside import CHECKOUT
from tests.harness.records import Read, read_all
from tests.torture.stage import Stage

_REFUSALS_OF_BROKEN_STATE = (
    "journal_gap",
    "journal_cut",
    "journal_gone",
    "snapshot_ahead",
    "inputs_gone",
    "topic_recreated",
    "partitions_changed",
)
_NAMED_MAX = 5


class Verdict:
    """Everything that is wrong, in sentences; what was measured beside it."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.measured: dict[str, Any] = {}

    def check(self, right: bool, sentence: str) -> None:
        """Note the sentence unless it is right."""
        if not right:
            self.wrong.append(sentence)


def judge(stage: Stage, account: dict[str, Any], seconds: float) -> Verdict:
    """Workers have ended, brokers are well, everything is folded."""
    verdict = Verdict()
    replay = _start(stage, "replay", "--from-kafka", "--hash")
    verify = _start(stage, "verify", "--complete", "--json")
    told = _result(verify, seconds)
    verdict.measured["verify"] = {name: told[name] for name in ("total", "state_hash", "not_verified")}
    verdict.check(told["verified"], f"{told['total']['differences']} differences: {told['differences'][:_NAMED_MAX]}")
    verdict.check(not told["not_verified"], f"not verified: {told['not_verified'][:_NAMED_MAX]}")
    whole = all(row["from_the_beginning"] for row in told["partitions"])
    verdict.check(whole, "not every partition was folded from its beginning")
    replayed = _result(replay, seconds)["state_hash"]
    verdict.check(
        replayed == told["state_hash"], f"a single replay gives state {replayed}, verify found {told['state_hash']}"
    )
    statuses = last_of_each(read_all(stage.bootstrap, CLIENT_STATUS, seconds))
    judge_account(verdict, account, statuses)
    judge_letters(verdict, account, read_all(stage.bootstrap, DEAD_LETTERS, seconds))
    _judge_logs(verdict, stage)
    return verdict


def _start(stage: Stage, *arguments: str) -> subprocess.Popen[str]:
    """A command in a process of its own, with another hash seed than any other."""
    command = [sys.executable, "-m", "streams.cli", *arguments, "--bootstrap", stage.bootstrap]
    environment = {**os.environ, **stage.environment()}
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True)


def _result(process: subprocess.Popen[str], seconds: float) -> dict[str, Any]:
    out, _ = process.communicate(timeout=seconds)
    assert process.returncode in (0, 1), f"exit code {process.returncode}"
    told: dict[str, Any] = json.loads(out)
    return told


def last_of_each(records: list[Read]) -> dict[str, Any]:
    """By client, its last status."""
    found: dict[str, Any] = {}
    for record in sorted(records, key=lambda one: (one.partition, one.offset)):
        found[(record.key or b"").decode()] = json.loads(record.value or b"{}")
    return found


def judge_account(verdict: Verdict, account: dict[str, Any], statuses: dict[str, Any]) -> None:
    """What each client owes is what left, less what it paid."""
    owed = Counter(account["owed_cents"])
    differing = []
    for client in sorted(owed.keys() | statuses.keys()):
        status = statuses.get(client)
        found = None if status is None else _cents(status["outstanding"]) - _cents(status["unapplied"])
        if found != owed[client] and (owed[client] or status is not None):
            differing.append(f"{client} owes {owed[client]} cents by the account, {found} by its status")
    verdict.measured["clients"] = len(statuses)
    verdict.check(not differing, f"{len(differing)} clients: {differing[:_NAMED_MAX]}")


def _cents(text: str) -> int:
    return int(text.replace(".", ""))


def judge_letters(verdict: Verdict, account: dict[str, Any], letters: list[Read]) -> None:
    """Every bad record is a dead letter, and nothing else is one."""
    found = {(record.value or b"").decode("latin-1") for record in letters}
    bad = set(account["bad"])
    verdict.measured["dead_letters"] = {"bad_records": len(bad), "letters": len(letters)}
    verdict.check(bad <= found, f"{len(bad - found)} bad records are no dead letter: {sorted(bad - found)[:2]}")
    verdict.check(found <= bad, f"{len(found - bad)} good records are dead letters: {sorted(found - bad)[:2]}")


def _judge_logs(verdict: Verdict, stage: Stage) -> None:
    """No worker refused to start over what it found, and no rule raised."""
    ends: Counter[str] = Counter()
    for service in stage.services.values():
        ends.update(str(code) for code in service.ended)
        log = _text(service.server.log)
        for code in (*_REFUSALS_OF_BROKEN_STATE, "client_failed", "clients_held"):
            verdict.check(code not in log, f"{service.name} says {code}")
    verdict.measured["unwanted_ends"] = dict(ends)
    verdict.check(not ends["2"], f"workers refused to start {ends['2']} times; the logs say why")


def _text(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""
