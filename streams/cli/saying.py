"""What a person says to the system, as one event: built, signed, tried, then sent to Kafka or written to a history.

It is tried before it is sent: by the contract's own reading, and a judgement also by the workers' rules under the
policy in force, so that what would become a dead letter is refused here with the same remedy.
"""

import secrets
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import typer
from kafka.errors import KafkaError

from schemas.catalogue import TOPIC_OF_TYPE
from schemas.dead_letters import PARTNER_MISSING
from schemas.decoding import decode
from schemas.records import Rejected
from schemas.signatures import sign
from streams.cli import signing_key
from streams.cli.connection import admin_client, producer
from streams.cli.failure import Failure
from streams.cli.folding import Record
from streams.cli.history import parse_instant
from streams.cli.keys import Role
from streams.cli.options import load_policy
from streams.cli.topic_setup import keep_own_time

_ACKNOWLEDGED_SECONDS: Final = 30

ClientId = Annotated[str, typer.Argument(metavar="CLIENT", help="The client's id.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads it later.", show_default=False)]
KeyFile = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="Your private key (stoplist keys new).", show_default=False)
]
Author = Annotated[str | None, typer.Option(help="Who decides; default: the holder of the key.", show_default=False)]
RoleUsed = Annotated[Role | None, typer.Option(help="As what; needed when the key has both roles.")]
Accountant = Annotated[str, typer.Option("--author", help="Who decides.", show_default=False)]
EventId = Annotated[str | None, typer.Option("--id", help="The event's id; default: a new one.", show_default=False)]
Revision = Annotated[int, typer.Option(min=1, max=2**31 - 1, help="A higher one replaces what has the same --id.")]
At = Annotated[str | None, typer.Option(metavar="INSTANT", help="When it is decided; default: now.")]
History = Annotated[
    str | None,
    typer.Option(metavar="OUT", help="Add a line to a history file instead of sending; - is standard output."),
]
PolicyUsed = Annotated[
    Path | None,
    typer.Option(
        "--policy", envvar="STOPLIST_POLICY", metavar="FILE", help="What workers were started with; default: shipped."
    ),
]


class Where(NamedTuple):
    """Where an event goes, and when it is said."""

    bootstrap: str
    history: str | None
    policy: Path | None
    at: str | None


class Signer(NamedTuple):
    """Who signs, and as what."""

    key: Path
    author: str | None
    role: Role | None


class Saying:
    """One thing to say; raises Failure for an instant that is none and for a broker that does not answer."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self.policy = load_policy(where.policy)
        self._in_force = where.policy is not None
        """Whether `policy` is what workers use: named by the person, or read from the broker."""
        if where.history is None:
            from streams.cli.state_reading import standing_of_workers

            self.policy = standing_of_workers(where.bootstrap, self.policy).current.rules.policy
            self._in_force = True
        try:
            self.instant = int(time.time() * 1000) if where.at is None else parse_instant(where.at)
        except ValueError as error:
            raise Failure(f"--at {error}") from None

    def text_of(self, instant: int) -> str:
        """RFC 3339 in the company's time zone."""
        moment = datetime.fromtimestamp(instant / 1000, ZoneInfo(self.policy.time_zone))
        return moment.isoformat(timespec="milliseconds" if instant % 1000 else "seconds")

    @property
    def at(self) -> str:
        """When it is said, in words."""
        return self.text_of(self.instant)

    @property
    def today(self) -> str:
        """The company's date of that instant."""
        return self.at[:10]

    def id_of(self, given: str | None, what: str) -> str:
        """The id given, or a new one that names its kind and day."""
        return given or f"{what}-{self.today.replace('-', '')}-{secrets.token_hex(4)}"

    def judge(self, kind: str, client: str, event_id: str, revision: int, signer: Signer, /, **body: Any) -> None:
        """Says a judgement, signed."""
        key = signing_key.read(signer.key)
        if signer.role is None and len(key.roles) > 1:
            raise Failure(f"{signer.key} has the roles {' and '.join(key.roles)}; say with --role as what you decide")
        role = str(signer.role or key.roles[0])
        who = {"author": signer.author or key.holder, "role": role}
        document = _document(kind, client, event_id, revision, {**body, **who})
        try:
            value = msgspec.json.encode(sign(document, key.key_id, key.private_key))
        except ValueError as error:
            raise Failure(f"it cannot be signed: {error}") from None
        self._check(kind, value)
        if self._in_force:
            self._try(kind, client, value)
        self._deliver(kind, client, event_id, value)

    def state(self, kind: str, client: str, event_id: str, revision: int, /, **body: Any) -> None:
        """Says what needs no signature."""
        value = msgspec.json.encode(_document(kind, client, event_id, revision, body))
        self._check(kind, value)
        self._deliver(kind, client, event_id, value)

    def _check(self, kind: str, value: bytes) -> None:
        found = decode(TOPIC_OF_TYPE[kind], value)
        if isinstance(found, Rejected):
            raise Failure(found.remedy)

    def _try(self, kind: str, client: str, value: bytes) -> None:
        """What workers would say of it to a client they know nothing of."""
        from streams.domain.fold import ClientFold

        fold = ClientFold(self.policy)
        shared = fold.shared_new()
        record = Record(TOPIC_OF_TYPE[kind], 0, 0, self.instant, client.encode(), value)
        why = fold.record(shared, fold.create(shared, client.encode()), record, self.instant, [])
        if why is not None and why.reason != PARTNER_MISSING:  # what it names may be there
            field = f"{why.field}: " if why.field else ""
            raise Failure(f"workers would refuse it as {why.reason}; {field}{why.remedy}")

    def _deliver(self, kind: str, client: str, event_id: str, value: bytes) -> None:
        if self._where.history is None:
            self._send(kind, client, event_id, value)
        else:
            self._write(self._where.history, kind, client, value)

    def _write(self, history: str, kind: str, client: str, value: bytes) -> None:
        line = {"topic": TOPIC_OF_TYPE[kind], "timestamp": self.instant, "key": client, "value": msgspec.Raw(value)}
        text = msgspec.json.encode(line) + b"\n"
        if history == "-":
            sys.stdout.buffer.write(text)
            sys.stdout.buffer.flush()
            return
        try:
            with open(history, "ab") as out:
                out.write(text)
        except OSError as error:
            raise Failure(f"{history}: cannot be written ({error.strerror}); name another file") from None

    def _send(self, kind: str, client: str, event_id: str, value: bytes) -> None:
        topic = TOPIC_OF_TYPE[kind]
        with admin_client(self._where.bootstrap) as admin:
            own_time = keep_own_time(admin, [topic])[topic]
        if own_time and self._where.at is None:
            raise Failure(f"topic {topic} is made for simulated time; say with --at when it is decided")
        with producer(self._where.bootstrap) as sender:
            try:
                sent = sender.send(topic, value, client.encode(), timestamp_ms=self.instant)
                taken = sent.get(timeout=_ACKNOWLEDGED_SECONDS)
            except KafkaError as error:
                raise Failure(
                    f"the broker did not take it ({error}); say it again with --id {event_id}, which changes nothing "
                    "if it arrived"
                ) from None
        typer.echo(f"{event_id}: {kind} sent ({topic}, partition {taken.partition}, offset {taken.offset})")


def _document(kind: str, client: str, event_id: str, revision: int, body: dict[str, Any]) -> dict[str, Any]:
    """The event without the fields that are not given; a limit's amount may be null."""
    said = {name: value for name, value in body.items() if value is not None or name == "amount"}
    return {"type": kind, "id": event_id, "client_id": client, "revision": revision, **said}
