"""`stoplist policy`: shows the numbers of the rules, checks a file of them, puts them in force."""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer
import yaml
from kafka.errors import KafkaError

from schemas.catalogue import POLICIES
from schemas.policy import Policy, policy_digest
from schemas.policy_file import default_policy_text
from streams.cli.connection import admin_client, partitions_of, producer
from streams.cli.failure import Failure
from streams.cli.history import parse_instant
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, Language, load_policy
from streams.cli.topic_setup import keep_own_time

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Show, check or activate the numbers of the rules.",
    epilog="Example: stoplist policy show > policy.yaml, change it, stoplist policy activate policy.yaml",
)

Own = Annotated[
    Path | None,
    typer.Option(
        "--policy", envvar="STOPLIST_POLICY", metavar="FILE", help="What workers were started with; default: shipped."
    ),
]
PolicyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A policy in YAML.", show_default=False)]


@app.command(
    short_help="Print the policy that ships, or is in force.",
    epilog="Examples: stoplist policy show > policy.yaml; stoplist policy show --active | head -1",
)
def show(
    active: Annotated[bool, typer.Option("--active", help="The policy in force, read from the broker.")] = False,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    own: Own = None,
) -> None:
    """Prints the policy that ships, with comments: the file to begin from. With --active the one in force.

    In force is what workers use: of the activated policies the one with the highest version.
    """
    if not active:
        typer.echo(default_policy_text(), nl=False)
        return
    from streams.cli.state_reading import standing_of_workers

    standing = standing_of_workers(bootstrap, load_policy(own))
    if not standing.activated:
        raise Failure("no policy was activated yet, workers use their own; activate one with stoplist policy activate")
    policy = standing.current.rules.policy
    typer.echo(f"# {_named(policy)}")
    typer.echo(yaml.safe_dump(policy.to_document(), sort_keys=False, allow_unicode=True), nl=False)


@app.command(
    short_help="Say what is wrong in a policy file.",
    epilog="Examples: stoplist policy check policy.yaml; stoplist policy check policy.yaml --history history.jsonl",
)
def check(
    file: PolicyFile,
    history: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Also show whom it would block or release in this history; - is stdin."),
    ] = None,
    own: Own = None,
    language: Annotated[Language, typer.Option(help="Language of what --history shows.")] = Language.EN,
) -> None:
    """Says whether a policy file can be used: its version and digest, or every problem with its line (exit code 2).

    With --history the file is a draft: the history is folded with it and with the policy in force, as stoplist what-if
    does, and the clients that change are listed.
    """
    policy = load_policy(file)
    typer.echo(_named(policy))
    if history is not None:
        from streams.cli.what_if.command import compare_history, show

        typer.echo()
        show(compare_history(load_policy(own), policy, history, None, None), language, False)


@app.command(
    short_help="Put a policy file in force.",
    epilog="Example: stoplist policy activate policy.yaml --bootstrap 127.0.0.1:9092",
)
def activate(
    file: PolicyFile,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    at: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="When it comes into force, on topics with simulated time."),
    ] = None,
    own: Own = None,
) -> None:
    """Publishes the whole policy to every partition; workers use it from that record on.

    Refused is what workers would not use: a version that is not above the one in force, and another currency. The
    policy in force may be activated again, which changes nothing.
    """
    policy = load_policy(file)
    try:
        timestamp_ms = int(time.time() * 1000) if at is None else parse_instant(at)
    except ValueError as error:
        raise Failure(f"--at {error}") from None
    with admin_client(bootstrap) as client:
        own_time = keep_own_time(client, [POLICIES])[POLICIES]
    if own_time and at is None:
        raise Failure(f"topic {POLICIES} is made for simulated time; say with --at when the policy comes into force")
    if at is not None and not own_time:
        raise Failure(f"topic {POLICIES} is stamped by the broker's clock; leave out --at")
    _refuse_what_is_not_used(policy, file, bootstrap, load_policy(own))
    count = publish(policy, bootstrap, timestamp_ms)
    typer.echo(f"{_named(policy)}, activated on {count} partitions")


def _refuse_what_is_not_used(policy: Policy, file: Path, bootstrap: str, own: Policy) -> None:
    from streams.cli.state_reading import standing_of_workers

    standing = standing_of_workers(bootstrap, own)
    now = standing.current.rules.policy
    if standing.activated and policy.version <= now.version and policy != now:
        other = " with other numbers" if policy.version == now.version else ""
        raise Failure(
            f"{file}: version {now.version} is in force{other} and workers would ignore version {policy.version}; "
            f"write version: {now.version + 1} or higher"
        )
    if policy.currency != now.currency:
        begun = "" if standing.activated else " (so says the policy that ships; name another with --policy)"
        raise Failure(
            f"{file}: currency is {policy.currency}, but workers keep balances in {now.currency}{begun} and would not "
            f"use it; write currency: {now.currency}"
        )


def publish(policy: Policy, bootstrap: str, timestamp_ms: int) -> int:
    """Sends `policy.activated` to every partition of `policies`; returns how many, raises Failure when one fails."""
    event = {
        "type": "policy.activated",
        "id": f"policy/{policy.version}/{policy_digest(policy)[:16]}",
        "version": policy.version,
        "policy": policy.to_document(),
    }
    value = msgspec.json.encode(event)
    with admin_client(bootstrap) as admin:
        partitions = partitions_of(admin, POLICIES)
    with producer(bootstrap) as client:
        sent = [client.send(POLICIES, value, partition=number, timestamp_ms=timestamp_ms) for number in partitions]
        client.flush()
        for number, acknowledged in zip(partitions, sent, strict=True):
            try:
                acknowledged.get(timeout=30)
            except KafkaError as error:
                raise Failure(
                    f"partition {number} did not take the policy ({error}); activate it again, which changes nothing "
                    "where it arrived"
                ) from None
    return len(partitions)


def _named(policy: Policy) -> str:
    return f"version {policy.version}, digest {policy_digest(policy)}"
