"""The runbook has an entry for every refusal, in the words that the program prints, and names only what there is."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from schemas.metrics import PROJECTOR_METRICS, SERVER_METRICS, WORKER_METRICS
from streams.cli.deployment.alerts import ALERTS
from streams.engine import checks
from tests.harness.beside import CHECKOUT

_LEFT_OUT = "…"
_WITHOUT_LOG = {"data_directory": "the data directory", "metrics_port": "health and metrics cannot be served at"}
"""Refused before there is a log or a server to tell the code: known by their sentences alone."""


@cache
def _page() -> str:
    return (CHECKOUT / "docs/runbook.md").read_text("utf-8")


def _refusals() -> Iterator[tuple[str, str]]:
    """Code and sentence of every refusal in the engine's source, `…` for each value in it."""
    for path in sorted((CHECKOUT / "streams/engine").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name != "_loss":
                yield from _of_function(function)


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, str]]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    for call in calls:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name == "Refusal":
            code, reason, remedy = (_said(function, call, argument) for argument in call.args[:3])
            yield code, f"{reason}; {remedy}"
        elif name == "_loss":
            code, reason, remedy = (_said(function, call, argument) for argument in call.args[1:4])
            yield code, f"{reason}; {remedy}, {checks._ACCEPT}"


def _said(function: ast.AST, call: ast.Call, argument: ast.expr) -> str:
    """What an argument says: a text, a text with values, or a name that was given one of them just before."""
    if isinstance(argument, ast.Name):
        given = [
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and node.lineno < call.lineno
            and ast.unparse(node.targets[0]) == argument.id
        ]
        argument = max(given, key=lambda node: node.lineno).value
    if isinstance(argument, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else _LEFT_OUT for part in argument.values)
    assert isinstance(argument, ast.Constant), ast.unparse(argument)
    return str(argument.value)


def _rows(heading: str) -> dict[str, str]:
    """Rows of the tables of a section, by the code in their first cell."""
    section = _page().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)` \|.*$", section, re.MULTILINE)}


def test_every_refusal_has_its_entry_in_the_words_that_are_printed() -> None:
    rows, refusals = _rows("A worker refuses to start"), dict(_refusals())
    assert set(rows) == set(refusals)
    shown = {code: f"`` {said} ``" if "`" in said else f"`{said}`" for code, said in refusals.items()}
    assert [code for code, sentence in shown.items() if sentence not in rows[code]] == []


def test_every_refusal_is_brought_about_in_a_test_that_sees_the_worker_end() -> None:
    tests = "".join(path.read_text("utf-8") for path in (CHECKOUT / "tests/engine").rglob("test_*.py"))
    seen = set(re.findall(r'_refused\([^"]*"(\w+)"', tests))
    seen |= {code for code, said in _WITHOUT_LOG.items() if f"{said} " in tests}
    assert dict(_refusals()).keys() - seen == set()
    assert f"Of {' and '.join(f'`{code}`' for code in _WITHOUT_LOG)} there is only the sentence" in _page()


def _stops() -> set[str]:
    calls = (
        node
        for path in (CHECKOUT / "streams/engine").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Stopped"
    )
    codes = {ast.literal_eval(call.args[1]) if len(call.args) > 1 else "stopped" for call in calls}
    return {*codes, "crashed"}  # what no sentence of ours foresaw


def test_every_reason_to_stop_has_its_entry() -> None:
    assert set(_rows("A worker stops")) == _stops()


def test_every_code_that_readyz_says_has_its_line() -> None:
    tree = ast.parse((CHECKOUT / "streams/engine/health.py").read_text("utf-8"))
    said = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "_problem"
        and isinstance(call.args[0], ast.Constant)
    }
    page = (CHECKOUT / "docs/operate.md").read_text("utf-8").split("| `code` | what it means")[1].split("\n\n")[0]
    assert said
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == said | _stops()


def test_every_alert_leads_to_an_entry_and_no_other_is_named() -> None:
    table = _page().split("\n## From an alert to its entry\n")[1].split("\n## ")[0]
    assert set(re.findall(r"\bStoplist[A-Z]\w+", table)) == {alert.name for alert in ALERTS}
    assert set(re.findall(r"\bStoplist[A-Z]\w+", _page())) == {alert.name for alert in ALERTS}


def test_every_metric_named_exists() -> None:
    named = set(re.findall(r"\bstoplist_[a-z_]+", _page()))
    assert named
    assert named - {metric.name for metric in (*WORKER_METRICS, *SERVER_METRICS, *PROJECTOR_METRICS)} == set()


def test_every_entry_says_over_and_tried() -> None:
    silent = [
        section.splitlines()[0]
        for section in _page().split("\n## ")[2:]
        if not section.startswith("Sizing") and not ("**Over**" in section and "**Tried**" in section)
    ]
    assert silent == []


def test_every_link_within_the_page_has_its_heading() -> None:
    slugs = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in re.findall(r"^## (.+)$", _page(), re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", _page())) - slugs == set()


def test_every_test_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", _page())
    assert named
    missing = [
        (path, name)
        for path, name in named
        if not (CHECKOUT / path).is_file() or f"def {name}" not in (CHECKOUT / path).read_text("utf-8")
    ]
    assert missing == []
