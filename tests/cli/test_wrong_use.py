"""Whatever is wrong with arguments, files or the broker: one sentence with what to do on stderr, exit code 2."""

import subprocess
import sys
from pathlib import Path

import pytest

from streams.cli.main import COMMANDS, run
from tests.harness.packaged import POLICY, SAMPLES

ROOT = Path(__file__).parents[2]
CLOSED = "127.0.0.1:1"
"""Nobody listens on port 1."""


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command says when it refuses: one line, nothing on stdout, exit code 2."""
    assert run(list(arguments)) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("stoplist: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err.removeprefix("stoplist: ").rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wrker"], "No such command 'wrker'. Did you mean 'worker'"),
        (["--foo"], "No such option: --foo"),
        (["topics"], "Missing command; see stoplist topics --help"),
        (["topics", "make"], "No such command 'make'"),
        (["topics", "create", "--partitions", "0"], "'--partitions': it must be at least 1; see"),
        (["topics", "create", "--partitions", "x"], "'--partitions': it must be a whole number; see"),
        (["topics", "create", "--partitions", "10001"], "'--partitions': it must be at most 10000; see"),
        (["watch", "blocks", "--until-idle", "x"], "'--until-idle': it must be a number; see"),
        (["topics", "check", "--bootstrap", "nowhere"], "'nowhere' is no broker address; write HOST:PORT"),
        (["topics", "check", "--bootstrap", "localhost:99999"], "is no broker address"),
        (["topics", "check", "more"], "unexpected extra argument"),
        (["policy", "check"], "Missing argument 'FILE'"),
        (["policy", "check", "/nowhere.yaml"], "cannot be read (No such file or directory)"),
        (["policy", "activate", "/nowhere.yaml"], "cannot be read"),
        (["replay"], "There is nothing to fold; name a history, or give --from-kafka"),
        (["replay", "h.jsonl", "--from-kafka"], "--from-kafka takes no history"),
        (["replay", "h.jsonl", "--hash"], "--hash and --chunk-records go with --from-kafka"),
        (["replay", "/nowhere.jsonl"], "/nowhere.jsonl: cannot be read (No such file or directory)"),
        (["replay", "/"], "/: cannot be read (Is a directory)"),
        (["replay", "-", "--until", "noon"], "--until is 'noon'; write milliseconds or RFC 3339"),
        (["replay", "-", "--until", "2026-03-01"], "--until is '2026-03-01' without an offset"),
        (["replay", "-", "--status", "--obligations"], "exclude each other"),
        (["replay", "-", "--policy", "/nowhere.yaml"], "/nowhere.yaml: cannot be read"),
        (["import", "ledger.csv"], "ledger.csv: cannot be read"),
        (["import", "ledger.csv", "--format", "sap"], "'sap' is not"),
        (["import", "/nowhere.csv", "--format", "receivables"], "/nowhere.csv: cannot be read"),
        (["watch"], "Missing command; see stoplist watch --help"),
        (["watch", "blocks", "--until-idle", "0"], "'--until-idle'"),
        (["watch", "blocks", "--language", "de"], "'--language': 'de' is not one of 'en', 'ru'; see"),
        (["obligations", "--bootstrap", "x"], "'x' is no broker address"),
        (["worker", "--bootstrap", "x"], "'x' is no broker address"),
        (["worker", "--policy", "/nowhere.yaml"], "/nowhere.yaml: cannot be read"),
    ],
)
def test_wrong_arguments_are_one_sentence(capfd: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert said.lower() in refused(capfd, *arguments).lower()


@pytest.mark.parametrize(
    "arguments",
    [
        ["topics", "create"],
        ["topics", "check"],
        ["policy", "activate", str(POLICY)],
        ["import", str(SAMPLES / "receivables.csv"), "--format", "receivables"],
        ["watch", "blocks"],
        ["watch", "categories"],
        ["watch", "status"],
        ["obligations"],
        ["explain", "C-1"],
        ["what-if", "--live", "--policy", str(POLICY)],
        ["worker"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]).partition("/")[0],
)
def test_an_unreachable_broker_is_one_sentence(capfd: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    said = refused(capfd, *arguments, "--bootstrap", CLOSED)
    assert "no Kafka broker answers at 127.0.0.1:1; start it, or name another with --bootstrap" in said


def test_a_policy_with_one_problem_names_its_line(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("version: 1\nwindow_days: never\n")
    assert "policy.yaml:2: window_days: " in refused(capfd, "policy", "check", str(file))
    assert "policy.yaml:2: window_days: " in refused(capfd, "replay", "-", "--policy", str(file))


def test_a_policy_with_two_problems_names_both_lines(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("version: 1\nwindow_days: never\ncurency: USD\n")
    assert run(["policy", "check", str(file)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "policy.yaml:2: window_days" in err
    assert "policy.yaml:3: curency: is no field of the policy" in err
    assert err.splitlines()[-1].endswith("has 2 problems; correct them and check again")


def test_a_bad_line_of_a_history_is_named(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_text('\n{"topic": "sales"}\n')
    assert f"{file}:2: missing required field" in refused(capfd, "replay", str(file))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_with_an_example(capfd: pytest.CaptureFixture[str], name: str) -> None:
    assert run([name, "--help"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out.startswith(f"Usage: stoplist {name}")
    assert "Example" in out


def test_without_arguments_the_commands_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    out, _ = capfd.readouterr()
    assert all(f"  {name} " in out for name in COMMANDS)


def test_help_imports_no_broker_client_no_rules_and_no_models() -> None:
    code = (
        "import sys; from streams.cli.main import run; run(['--help']);"
        "print([name for name in ('kafka', 'faust', 'pydantic', 'streams.domain') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.endswith("[]\n")


def test_a_reader_that_closes_the_pipe_ends_the_command_quietly(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    rows = [f"C-{n},I-{n},3/2/2026,3/9/2026,1.00,3/3/2026" for n in range(20_000)]
    ledger.write_text("customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate\n" + "\n".join(rows))
    command = [sys.executable, "-m", "streams.cli", "import", str(ledger), "--format", "receivables", "--history", "-"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"topic":"clients"')
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0
