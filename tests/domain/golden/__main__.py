"""`python -m tests.domain.golden`: writes what this version's states look like, one file a fold.

Done once for each version of the state, with the program that has it; a file that is there is never written again.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any, Final

from schemas.policy import Policy
from schemas.records import Output
from streams.domain.fold import ClientFold
from tests.domain.golden import history
from tests.domain.golden.layout import layout

FILES: Final = Path(__file__).parent / "states"
_WIDTH: Final = 100


def clients() -> dict[str, Any]:
    """The history's clients, folded."""
    from streams.domain.state import Client

    fold = ClientFold(Policy.from_document(history.POLICY))
    at = history.instant(history.AT)
    shared, states = fold.shared_new(), dict[str, Any]()
    for record in history.told(fold.state_version):
        if record.key is None:
            fold.broadcast(shared, record, record.timestamp)
            continue
        name = record.key.decode()
        if name not in states:
            states[name] = fold.create(shared, record.key)
        rejected = fold.record(shared, states[name], record, record.timestamp, [])
        if rejected is not None:
            raise SystemExit(f"{record}: {rejected}")
    for state in states.values():
        fold.fire(shared, state, at, [])
    return _document(fold, shared, states, layout(Client))


def scopes() -> dict[str, Any]:
    """The history's scope, folded."""
    from streams.domain.importance.fold import ImportanceFold
    from streams.domain.importance.members import Stored

    fold = ImportanceFold(Policy.from_document(history.POLICY))
    shared, out = fold.shared_new(), list[Output]()
    state = fold.create(shared, history.SCOPE)
    for record in history.scope_told():
        fold.record(shared, state, record, record.timestamp, out)
    fold.fire(shared, state, history.instant(history.AT), out)
    return _document(fold, shared, {history.SCOPE.decode(): state}, layout(Stored))


def _document(fold: Any, shared: Any, states: dict[str, Any], lines: list[str]) -> dict[str, Any]:
    published = {
        name: [[output.topic, (output.value or b"").decode()] for output in fold.republish(state)]
        for name, state in states.items()
    }
    return {
        "state_version": fold.state_version,
        "rules_version": fold.rules_version,
        "shared": _lines(fold.shared_encode(shared)),
        "states": {name: _lines(fold.encode(state)) for name, state in states.items()},
        "published": published,
        "layout": lines,
    }


def _lines(data: bytes) -> list[str]:
    text = base64.b64encode(data).decode()
    return [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]


def main() -> None:
    """Write what is not there yet."""
    FILES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or ("clients", "scopes"):
        document = {"clients": clients, "scopes": scopes}[name]()
        path = FILES / f"{name}-{document['state_version']}.json"
        if path.exists():
            sys.stdout.write(f"{path.name} is there: raise the state version first\n")
            continue
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        sys.stdout.write(f"{path.name} written\n")


if __name__ == "__main__":
    main()
