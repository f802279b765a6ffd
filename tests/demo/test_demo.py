"""`stoplist demo` as a process: it shows a block with its reason, ends when it should, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from streams.cli.demo.children import answers, listening
from streams.cli.main import run
from tests.harness.waiting import wait_until

ROOT = Path(__file__).parents[2]
PROCESSES = Path("/proc")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PROCESSES.exists(), reason="looks for processes left behind in /proc"),
]
Demo = Callable[..., "Running"]


class Running:
    """A demo that has been started; `home` is where it and its children put their files."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        self._out, self._err = home / "out.txt", home / "err.txt"
        self._temporary = home / "temporary"
        self._temporary.mkdir()
        environment = {**os.environ, "TMPDIR": str(self._temporary), "STOPLIST_BOOTSTRAP": "not.used:1"}
        command = [sys.executable, "-m", "streams.cli", "demo", "--clients", "120", *arguments]
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=err)

    @property
    def out(self) -> str:
        """What it has said so far."""
        return self._out.read_text()

    @property
    def err(self) -> str:
        """Its complaints."""
        return self._err.read_text()

    def children(self) -> dict[int, str]:
        """Command lines of the processes that it started and that are still there, by process id."""
        found = {}
        for entry in PROCESSES.iterdir():
            if not entry.name.isdigit() or int(entry.name) == self.process.pid:
                continue
            try:
                if str(self._temporary).encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue  # ended in the meantime, or somebody else's
        return found

    def wait_for(self, text: str) -> None:
        """Waits until it has said this."""
        wait_until(lambda: text in self.out or self.process.poll() is not None, text, 90)
        assert text in self.out, self.err

    def left_behind(self) -> list[str]:
        """Processes and files that should be gone."""
        return [*self.children().values(), *map(str, self._temporary.glob("stoplist-demo-*"))]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Starts one demo, and ends it if the test has not."""
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        started.append(Running(tmp_path, *arguments))
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.wait()
        for pid in running.children():
            os.kill(pid, signal.SIGKILL)


def test_it_shows_a_block_with_its_reason_and_ends_by_itself(demo: Demo) -> None:
    running = demo("--seconds", "15", "--plain")
    assert running.process.wait(110) == 0, running.err
    lines = running.out.splitlines()
    assert "not durable" in lines[0]
    blocks = [line for line in lines if "  BLOCKED   C-" in line]
    assert blocks
    assert all(": Do not ship. " in line and "USD is overdue" in line for line in blocks)
    (counts,) = [number for number, line in enumerate(lines) if " blocks, " in line and " events" in line]
    assert lines[counts + 1].startswith("Set aside in dead-letters")  # some of its records are wrong on purpose
    assert lines[-1].startswith("Clients by risk group: 0: ")
    assert running.err == ""
    assert running.left_behind() == []


def test_its_page_lets_in_the_first_who_opens_the_link_and_tells_the_story(demo: Demo) -> None:
    running = demo("--plain", "--no-browser", "--speed", "24")
    running.wait_for("#login=")
    (link,) = re.findall(r"http://127\.0\.0\.1:\d+/#login=\S+", running.out)
    base, _, secret = link.partition("#login=")
    running.wait_for("stoplist watch blocks --bootstrap 127.0.0.1:")  # the broker's address stands beside the page's
    with httpx.Client(base_url=base, timeout=30) as first, httpx.Client(base_url=base, timeout=30) as second:
        wait_until(lambda: _answers(first), "the page can be opened")
        session = first.post("v1/session", json={"token": secret}).json()
        assert session["roles_held"] == ["viewer", "warehouse", "accountant", "manager", "director"]
        assert second.post("v1/session", json={"token": secret}).status_code == 401
        running.wait_for("romashka")  # blocked: its first deal came due and was not paid
        wait_until(lambda: "shipment.refused" in _happened(first), "the truck of that afternoon is refused")
        headers = {"X-CSRF-Token": session["csrf_token"], "Idempotency-Key": "one"}
        said = {"client_id": "romashka", "amount": "180.00", "currency": "USD", "obligations": ["dn-1041/1"]}
        assert _as(first, "warehouse", headers) == ["read", "request"]
        assert first.post("v1/payments", json=said, headers=headers).status_code == 403
        assert _as(first, "accountant", headers) == ["read", "account"]
        assert first.post("v1/payments", json=said, headers=headers).status_code == 202
        running.wait_for("RELEASED  romashka")
        wait_until(lambda: not _blocked(first), "the page has it too")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(60) == 0, running.err


def _as(client: httpx.Client, role: str, headers: dict[str, str]) -> list[str]:
    """What may be done after this role was chosen."""
    may: list[str] = client.post("v1/session/role", json={"role": role}, headers=headers).json()["may"]
    return may


def _happened(client: httpx.Client) -> set[str]:
    items = client.get("v1/clients/romashka/history").json()["items"]
    return {item["event"]["type"] for item in items}


def _blocked(client: httpx.Client) -> bool:
    return bool(client.get("v1/clients/romashka").json()["status"]["blocked"])


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("healthz").status_code == 200
    except httpx.HTTPError:
        return False


def test_two_that_begin_at_once_have_a_port_each_and_keep_it() -> None:
    with listening(0) as usual:
        port = usual.getsockname()[1]
        with listening(port) as other, listening(port) as third:
            ports = {one.getsockname()[1] for one in (usual, other, third)}
            assert len(ports) == 3
            assert all(answers(one) for one in ports)


def test_it_ends_by_itself_where_nobody_is_ever_blocked(demo: Demo) -> None:
    running = demo("--seconds", "1", "--clients", "10", "--seed", "4")
    assert running.process.wait(110) == 0, running.err
    assert "BLOCKED" not in running.out
    assert "0 blocks, 0 releases" in running.out.splitlines()[-2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_and_in_russian_too(demo: Demo, number: signal.Signals) -> None:
    running = demo("--language", "ru")  # plain by itself: its output is no terminal
    running.wait_for("ЗАПРЕТ")
    assert len(running.children()) == 5
    running.process.send_signal(number)
    assert running.process.wait(60) == 0, running.err
    assert "Клиенты по группам риска: 0: " in running.out.splitlines()[-1]
    assert running.err == ""
    assert running.left_behind() == []


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("--fold clients", "worker"),
        ("--fold importance", "worker of importance"),
        ("project", "projector"),
        ("serve", "server"),
        ("noida-db", "embedded broker"),
    ],
)
def test_it_says_which_part_died(demo: Demo, part: str, name: str) -> None:
    running = demo("--plain")
    running.wait_for("BLOCKED")
    (pid,) = [pid for pid, command in running.children().items() if f"{part} " in command]
    os.kill(pid, signal.SIGKILL)
    assert running.process.wait(100) == 1
    assert running.err.startswith(f"stoplist: the {name} ended by signal 9: ")
    assert len(running.err.splitlines()) == 1
    assert running.left_behind() == []


def test_without_the_embedded_broker_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "noida_db", None)
    assert run(["demo", "--seconds", "5"]) == 2
    assert capsys.readouterr().err == (
        "stoplist: the demo needs the embedded broker noida-db; install it with pip install 'stoplist[embedded]'\n"
    )


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--clients", "1"], ["--language", "fr"]])
def test_arguments_that_cannot_work_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", *arguments]) == 2
    assert arguments[0] in capsys.readouterr().err
