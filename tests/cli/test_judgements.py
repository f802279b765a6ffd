"""What people decide on the command line: keys for their eyes only, statements signed and tried before they leave."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from schemas.decoding import decode
from schemas.policy_file import read_policy
from schemas.signatures import verify
from streams.cli import signing_key
from streams.cli.main import run

Capture = pytest.CaptureFixture[str]
AT = "2026-03-04T09:00:00+03:00"


class Desk:
    """A manager's and a director's key, and a policy that lists both."""

    def __init__(self, folder: Path, capfd: Capture) -> None:
        self.folder, self.capfd = folder, capfd
        self.policy = folder / "policy.yaml"
        lines = ["version: 1", "keys:"]
        for name in ("manager", "director"):
            file = folder / f"{name}.key"
            assert run(["keys", "new", name, "--holder", f"The {name}", "--role", name, "--out", str(file)]) == 0
            lines.append(capfd.readouterr().out.splitlines()[1])
        self.policy.write_text("\n".join(lines) + "\n")

    def key(self, name: str = "manager") -> list[str]:
        return ["--key", str(self.folder / f"{name}.key")]

    def says(self, *arguments: str, at: str = AT) -> dict[str, Any]:
        """The history line of a command."""
        assert run([*arguments, "--history", "-", "--policy", str(self.policy), "--at", at]) == 0
        return dict(json.loads(self.capfd.readouterr().out))

    def refuses(self, *arguments: str) -> str:
        """The one sentence of a command that refuses with exit code 2."""
        assert run([*arguments, "--history", "-", "--policy", str(self.policy), "--at", AT]) == 2
        out, err = self.capfd.readouterr()
        assert (out, err.count("\n"), "Traceback" in err) == ("", 1, False)
        return err


@pytest.fixture
def desk(tmp_path: Path, capfd: Capture) -> Desk:
    return Desk(tmp_path, capfd)


WHY = ["--reason", "a letter"]
SIGNED: list[tuple[list[str], str, str]] = [
    (["grant", "C-1", "--condition", "risk_group", "--days", "3", *WHY], "override.granted", "manager"),
    (["grant", "C-1", "--condition", "conduct", "--days", "3", *WHY], "override.granted", "director"),
    (["revoke", "C-1", "V1", *WHY], "override.revoked", "manager"),
    (["conduct", "record", "C-1", "--kind", "ethics", "--evidence", "a photograph"], "conduct.recorded", "manager"),
    (["conduct", "clear", "C-1", "B1", *WHY], "conduct.cleared", "director"),
    (["limit", "C-1", "500.00"], "credit_limit.set", "manager"),
    (["limit", "C-1", "none"], "credit_limit.set", "manager"),
    (["decide", "C-1", "restart", *WHY], "first_deal.decided", "manager"),
]


@pytest.mark.parametrize(("arguments", "kind", "role"), SIGNED)
def test_a_judgement_is_signed_by_the_key_and_keeps_the_contract(
    desk: Desk, arguments: list[str], kind: str, role: str
) -> None:
    line = desk.says(*arguments, *desk.key(role))
    assert (line["topic"], line["key"], line["timestamp"]) == ("judgements", "C-1", 1772604000000)
    value = json.dumps(line["value"]).encode()
    assert decode("judgements", value).type == kind  # type: ignore[union-attr]
    assert verify(value, read_policy(desk.policy).keys, (role,)) is None
    assert (line["value"]["author"], line["value"]["role"]) == (f"The {role}", role)
    line["value"]["id"] = "another"
    assert verify(json.dumps(line["value"]).encode(), read_policy(desk.policy).keys, (role,)) is not None


UNSIGNED = {
    "obligation.rescheduled": ["reschedule", "C-1", "S1/1", "2026-04-15"],
    "obligation.disputed": ["dispute", "C-1", "S1/1"],
    "obligation.resolved": ["resolve", "C-1", "S1/1"],
    "obligation.written_off": ["write-off", "C-1", "S1/1"],
}


@pytest.mark.parametrize(("kind", "arguments"), UNSIGNED.items())
def test_accounting_says_what_becomes_of_an_obligation_unsigned(desk: Desk, kind: str, arguments: list[str]) -> None:
    line = desk.says(*arguments, *WHY, "--author", "A. Accountant", at="2026-03-04T22:00:00Z")
    assert line["topic"] == "clients"
    assert decode("clients", json.dumps(line["value"]).encode()).type == kind  # type: ignore[union-attr]
    assert line["value"]["on"] == "2026-03-05"  # in Moscow
    assert "signature" not in line["value"]


def test_what_is_granted_lifts_the_block_in_a_replay(desk: Desk) -> None:
    recorded = desk.says("conduct", "record", "C-1", "--kind", "ethics", "--evidence", "a letter", *desk.key())
    granted = desk.says(
        "grant", "C-1", "--condition", "conduct", "--days", "2", *WHY, *desk.key("director"),
        at="2026-03-04T10:00:00+03:00",
    )  # fmt: skip
    history = desk.folder / "history.jsonl"
    history.write_text(json.dumps(recorded) + "\n" + json.dumps(granted) + "\n")
    until = ["--until", "2026-03-07T00:00:00+03:00"]
    assert run(["replay", str(history), "--policy", str(desk.policy), *until]) == 0
    outputs = [json.loads(text) for text in desk.capfd.readouterr().out.splitlines()]
    blocks = [
        (item["value"]["type"], item["value"]["effective_at"]) for item in outputs if item["topic"] == "shipment-blocks"
    ]
    assert blocks == [
        ("shipment.blocked", AT),
        ("shipment.released", "2026-03-04T10:00:00+03:00"),
        ("shipment.blocked", "2026-03-06T10:00:00+03:00"),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grant", "C-1", "--condition", "risk_group", "--days", "15", *WHY], "Grant it for at most 14 days"),
        (["grant", "C-1", "--condition", "conduct", "--days", "1", *WHY], "needs one of these roles"),
        (["grant", "C-1", "--condition", "risk_group", *WHY], "an override must expire; give either --days or --until"),
        (["grant", "C-1", "--condition", "risk_group", "--until", "noon", *WHY], "--until is 'noon'"),
        (["grant", "C-1", "--condition", "held", "--days", "1", *WHY], "'held' is not one of"),
        (["limit", "C-1", "5x"], "amount: must be an amount"),
        (["limit", "C-1", "5.00", "--currency", "EUR"], "rate_missing"),
        (["decide", "C-1", "close", "--reason", ""], "reason: must not be empty"),
        (["conduct", "clear", "C-1", "B1", *WHY], "role: "),
    ],
)
def test_what_workers_would_refuse_is_refused_before_it_is_sent(desk: Desk, arguments: list[str], said: str) -> None:
    assert said in desk.refuses(*arguments, *desk.key())


def test_a_key_that_the_policy_does_not_list_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "other.key"
    assert run(["keys", "new", "other", "--holder", "X", "--role", "manager", "--out", str(file)]) == 0
    desk.capfd.readouterr()
    assert "key_id: Use a key that the policy in force lists" in desk.refuses(
        "limit", "C-1", "5.00", "--key", str(file)
    )


def test_a_private_key_is_its_owners_alone_and_never_shown(desk: Desk) -> None:
    file = desk.folder / "manager.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = signing_key.read(file)
    assert run(["keys", "show", str(file)]) == 0
    assert run(["keys", "list", "--policy", str(desk.policy)]) == 0
    shown = desk.capfd.readouterr().out + repr(key)
    body = file.read_text().splitlines()[-2]
    assert body not in shown
    assert key.private_key.hex() not in shown
    assert "manager" in shown


def test_a_key_file_that_others_may_read_is_refused_and_none_is_overwritten(desk: Desk) -> None:
    file = desk.folder / "manager.key"
    before = file.read_bytes()
    assert run(["keys", "new", "x", "--holder", "X", "--role", "manager", "--out", str(file)]) == 2
    assert "is there already" in desk.capfd.readouterr().err
    assert file.read_bytes() == before
    file.chmod(0o640)
    assert "others may read it; say chmod 600" in desk.refuses("limit", "C-1", "5.00", *desk.key())


@pytest.mark.parametrize(
    "content", ["", "key_id: a\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_no_key_file_is_said_so(desk: Desk, content: str) -> None:
    file = desk.folder / "none.key"
    file.write_text(content)
    file.chmod(0o600)
    assert "holds no signing key" in desk.refuses("limit", "C-1", "5.00", "--key", str(file))
