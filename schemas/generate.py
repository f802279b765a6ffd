"""`python -m schemas.generate [--check]`: writes the JSON Schemas and the AsyncAPI document of `schemas/generated/`.

It refuses to write what breaks those who hold on to the version before: the files that are there. `--check` writes
nothing and fails when they are stale.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from schemas import outputs
from schemas.asyncapi import asyncapi_document
from schemas.compatibility import breaks
from schemas.json_schemas import json_schemas

GENERATED: Final = Path(__file__).parent / "generated"
ASYNCAPI: Final = "asyncapi.json"


def generated_files() -> dict[str, str]:
    """Every generated file: name and text."""
    schemas = json_schemas()
    documents: dict[str, Any] = {f"{name}.schema.json": schema for name, schema in schemas.items()}
    documents[ASYNCAPI] = asyncapi_document(schemas)
    return {name: json.dumps(document, ensure_ascii=False, indent=2) + "\n" for name, document in documents.items()}


def stale_files(files: dict[str, str], folder: Path) -> list[str]:
    """Names of files that are missing, differ, or should not be there."""
    present = {path.name: path.read_text("utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in files.keys() | present.keys() if files.get(name) != present.get(name))


def broken_readers(files: dict[str, str], folder: Path) -> list[str]:
    """What in `files` breaks senders or readers of the schemas in `folder`, one sentence each."""
    found: list[str] = []
    for path in sorted(folder.glob("*.schema.json")):
        kind = path.name.removesuffix(".schema.json")
        if path.name not in files:
            found.append(f"{kind}: the event was removed")
            continue
        old, new = json.loads(path.read_text("utf-8")), json.loads(files[path.name])
        found += [f"{kind}: {text}" for text in breaks(old, new, read_by_others=kind in outputs.MODELS)]
    return found


def main(arguments: list[str] | None = None, folder: Path = GENERATED) -> int:
    """0 done or fresh; 1 stale or breaking."""
    parser = argparse.ArgumentParser(prog="python -m schemas.generate", description="Generates schemas/generated.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when files are stale")
    parser.add_argument("--accept-breaks", action="store_true", help="write although readers break: before a release")
    options = parser.parse_args(arguments)
    files = generated_files()
    broken = [] if options.accept_breaks else broken_readers(files, folder)
    if broken:
        listed = "".join(f"  {text}\n" for text in broken)
        sys.stderr.write(f"This change breaks the contract; add optional fields only:\n{listed}")
        return 1
    stale = stale_files(files, folder)
    if options.check:
        if stale:
            sys.stderr.write(f"Stale: {', '.join(stale)}; run python -m schemas.generate and commit.\n")
        return 1 if stale else 0
    folder.mkdir(exist_ok=True)
    for name in stale:
        if name in files:
            (folder / name).write_text(files[name], "utf-8")
        else:
            (folder / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
