"""`docs/contract.md`, made from the catalogue of topics: `python -m schemas.contract_page > docs/contract.md`.

A test fails when the page is stale.
"""

import sys
from collections.abc import Iterator
from typing import Final

from schemas.asyncapi import VERSION
from schemas.catalogue import PARTITIONS_DEFAULT, TOPICS, Role, Topic
from schemas.dead_letters import REASONS
from schemas.json_schemas import POLICY, Schema, json_schemas

_FOLDER: Final = "../schemas/generated"
_DAY_MS: Final = 24 * 60 * 60 * 1000


def contract_page() -> str:
    """`docs/contract.md`."""
    schemas = json_schemas()
    return _PAGE.format(
        folder=_FOLDER,
        version=VERSION,
        partitions=PARTITIONS_DEFAULT,
        topics="\n".join(_topic(topic) for topic in TOPICS if topic.role is not Role.INTERNAL),
        inputs="\n".join(_events(Role.INPUT, schemas)),
        outputs="\n".join(_events(Role.OUTPUT, schemas)),
        reasons="\n".join(f"| `{reason}` | {sentence} |" for reason, sentence in REASONS.items()),
        policy=f"[{POLICY}]({_FOLDER}/{POLICY}.schema.json)",
        internal="\n".join(f"| `{topic.name}` | {topic.holds} |" for topic in TOPICS if topic.role is Role.INTERNAL),
    )


def _topic(topic: Topic) -> str:
    return f"| `{topic.name}` | {topic.holds} | {topic.writer} | {topic.key} | {_kept(topic)} |"


def _kept(topic: Topic) -> str:
    if topic.cleanup_policy == "compact":
        return "the last record of each key"
    if topic.retention_ms < 0:
        return "for ever"
    return f"{topic.retention_ms // _DAY_MS:,} days"


def _events(role: Role, schemas: dict[str, Schema]) -> Iterator[str]:
    """A heading and a table of events for each topic that faces one way."""
    for topic in TOPICS:
        if topic.role is role and topic.types:
            yield f"### {topic.name}\n\n| event | what it says |\n|---|---|"
            yield from (_event(kind, schemas[kind]) for kind in topic.types)
            yield ""


def _event(kind: str, schema: Schema) -> str:
    return f"| [{kind}]({_FOLDER}/{kind}.schema.json) | {' '.join(schema['description'].split())} |"


_PAGE: Final = """\
# The contract

Every topic, every event, and a JSON Schema (2020-12) of each; for tools the same as one document, AsyncAPI 3.0:
[asyncapi.json]({folder}/asyncapi.json). This is version {version}: within these names of topics only optional fields
are added, so pass over what you do not know. Values are JSON objects in UTF-8 with `type` and `id`.

| topic | holds | written by | key | kept |
|---|---|---|---|---|
{topics}

All topics have one count of partitions, {partitions} unless told otherwise, and a key's partition is that of its
murmur2 hash, the default of Kafka's Java client. Outputs carry CloudEvents headers; their ids are `client:sequence`:
drop what is not above the last sequence that you saw of a client. A record of `dead-letters` is the rejected one
byte for byte, and its headers say why and from where: the reasons are below, what to do about them is in
[runbook.md](runbook.md#dead-letters-rise).

## What comes in

{inputs}
## What goes out

{outputs}
### dead-letters

| reason | what is wrong |
|---|---|
{reasons}

## The policy

{policy}: the file that `stoplist policy check` reads, every number of the rules.

## What is the worker's own

No part of the contract: nobody else writes there, and what is in it may change with any version.

| topic | holds |
|---|---|
{internal}
"""

if __name__ == "__main__":
    sys.stdout.write(contract_page())
