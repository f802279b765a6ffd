"""Every command in a block of the documents, run by a shell as it stands there, on Apache Kafka.

Beside it lie the files that the documents speak of; the address is that of the test's broker. What ends only when it is
told to (a worker, a server, a folder that is watched) is run by tests of its own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.cli.main import run
from streams.cli.tokens import TOKENS_DEFAULT
from tests.cli.imports.harness import statement
from tests.cli.installation import Capture, Installation, Topics, everything_is_folded
from tests.harness.beside import CHECKOUT
from tests.harness.packaged import SAMPLES
from tests.harness.records import Sent, produce
from tests.project.documents import Typed, documents, typed_in_blocks

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(280)]
_ENDLESS = re.compile(r"stoplist (worker|serve|project|notify run|import --watch)\b")
_WATCH = re.compile(r"(stoplist watch \w+)")
CLIENT = {"type": "client.registered", "id": "reg", "client_id": "C-17", "name": "OOO", "registered_on": "2026-01-12"}
PAID = {"type": "payment.received", "id": "pp-1", "client_id": "C-17", "amount": "1.00", "currency": "USD",
    "value_date": "2026-03-02"}  # fmt: skip
_NONE = "no dead letter is like that; "
"""What a command may answer whose kind of dead letter nobody can make in a minute."""


class Reader:
    """Somebody who types what the documents say, in a folder with the files they speak of."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.folder = folder
        self.made = ""
        commands = folder / "bin"
        commands.mkdir()
        (commands / "stoplist").write_text(f'#!/bin/sh\nexec {sys.executable} -m streams.cli "$@"\n')
        (commands / "stoplist").chmod(0o755)
        self._environment = {
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "PYTHONPATH": str(CHECKOUT),
            "STOPLIST_BOOTSTRAP": bootstrap,
            "WAREHOUSE_SECRET": "sixteen bytes or more",
            "CRM_SECRET": "sixteen bytes or more",
        }
        (folder / "docs").symlink_to(CHECKOUT / "docs")
        for name, sample in (("ledger.csv", "receivables.csv"), ("clients.csv", "clients.csv")):
            shutil.copy(SAMPLES / sample, folder / name)
        (folder / "statement.txt").write_bytes(statement({"Номер": "1"}))  # the sample has a line that is wrong
        shutil.copy(CHECKOUT / "docs/examples/late-payment.jsonl", folder / "history.jsonl")
        for name, version in (("before", 1), ("draft", 2), ("again", 2)):
            (folder / f"{name}.yaml").write_text(f"version: {version}\n")
        (folder / "policy.yaml").write_text("version: 1\ncurrency: RUB\n")  # the statement's
        webhooks = re.search(
            r"```yaml\n(state: .*?)```", (CHECKOUT / "docs/integrate.md").read_text("utf-8"), re.DOTALL
        )
        assert webhooks
        (folder / "notify.yaml").write_text(webhooks[1])

    def types(self, command: str) -> subprocess.CompletedProcess[str]:
        """In a shell; a key's line is put into the policy by hand, as the page says."""
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", _WATCH.sub(r"\1 --once", command)],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if " keys new " in command:
            self.made = next(line for line in done.stdout.splitlines() if "public_key" in line)
        if "> policy.yaml" in command:
            policy = self.folder / "policy.yaml"
            raised = re.sub(r"(?m)^version: (\d+)", lambda found: f"version: {int(found[1]) + 1}", policy.read_text())
            policy.write_text(re.sub(r"(?m)^keys:.*$", f"keys:\n{self.made}", raised))
        return done


@pytest.fixture
def reader(topics: Topics, tmp_path: Path, capfd: Capture) -> Iterator[Reader]:
    """On a broker with a policy, a client that was folded, and records that were rejected."""
    if not (CHECKOUT / ".git").exists():  # which lists the documents; the tests of a release have none
        pytest.skip("no git checkout")
    with Installation(topics("--partitions", "2"), tmp_path / "workers.log") as one:
        found = Reader(one.bootstrap, tmp_path)
        assert run(["policy", "activate", str(tmp_path / "before.yaml"), "--bootstrap", one.bootstrap]) == 0
        value = json.dumps(CLIENT).encode()
        produce(one.bootstrap, "clients", [(b"C-17", value), (b"C-8", value)])
        misaddressed = Sent(json.dumps(PAID).encode(), b"C-8", 0)
        produce(one.bootstrap, "payments", [*[Sent(b"{}", partition=0)] * 17, misaddressed])
        everything_is_folded(one, capfd)
        yield found


def _commands() -> list[Typed]:
    """In the order of the pages; each once a page, for some only work once."""
    found = [typed for page in documents() if page.name != "CHANGELOG.md" for typed in typed_in_blocks(page)]
    return [one for one in dict.fromkeys(found) if one.words()[0] == "stoplist" and not _ENDLESS.search(one.command)]


def test_what_the_documents_tell_to_type_works_as_it_stands(reader: Reader) -> None:
    commands = _commands()
    assert len(commands) > 40
    wrong = []
    page = ""
    for typed in commands:
        if typed.document != page:  # each is read by itself
            page = typed.document
            (reader.folder / TOKENS_DEFAULT).unlink(missing_ok=True)
        command = re.sub(r"--bootstrap 127\.0\.0\.1:9092", "", typed.command)
        done = reader.types(command)
        if (done.returncode and _NONE not in done.stderr) or "Traceback" in done.stderr:
            wrong.append(f"{typed.document}: {typed.command}: {done.returncode}: {done.stderr.strip()[-300:]}")
    assert wrong == [], "\n".join(wrong)
