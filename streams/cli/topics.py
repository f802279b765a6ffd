"""`stoplist topics`: makes the topics of the catalogue, or says how the existing ones differ from it."""

from typing import Annotated

import typer

from schemas.catalogue import PARTITIONS_DEFAULT, TOPICS
from streams.cli.connection import admin_client
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap
from streams.cli.topic_readiness import wait_until_usable
from streams.cli.topic_setup import common_partitions, describe, differences
from streams.cli.topic_setup import create as create_missing

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Create the topics, or check how they are set up.",
    epilog="Example: stoplist topics create --partitions 12 --replication 3",
)

SimulatedTime = Annotated[
    bool,
    typer.Option("--simulated-time", help="Inputs keep their records' own timestamps: histories and demonstrations."),
]


@app.command(
    short_help="Create the topics that are missing.",
    epilog="Example: stoplist topics create --bootstrap 127.0.0.1:9092 --partitions 12 --replication 3",
)
def create(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    partitions: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000,
            help=f"Partitions of every topic; default: as existing ones have, else {PARTITIONS_DEFAULT}.",
        ),
    ] = None,
    replication: Annotated[int, typer.Option(min=1, max=100, help="Copies of every partition.")] = 1,
    simulated_time: SimulatedTime = False,
) -> None:
    """Creates the topics that are missing and leaves the others alone; exit code 1 when one of those differs.

    It ends when every partition of all topics is served by a leader, so that what uses them can start at once.
    """
    with admin_client(bootstrap) as client:
        count = partitions or common_partitions(describe(client))
        created = create_missing(client, count, replication, simulated_time)
        for name in created:
            typer.echo(f"{name}: created with {count} partitions")
        wait_until_usable(client, [topic.name for topic in TOPICS])
        said = differences(describe(client), count, simulated_time)
    if not created:
        typer.echo(f"all {len(TOPICS)} topics exist already")
    _tell(said)


@app.command(
    short_help="Say how topics differ, and the remedy.",
    epilog="Example: stoplist topics check --bootstrap 127.0.0.1:9092",
)
def check(
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    partitions: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Expected partitions; default: as many as the first topic has."),
    ] = None,
    simulated_time: SimulatedTime = False,
) -> None:
    """Says each difference from the catalogue and its remedy; exit code 1 when there is one."""
    with admin_client(bootstrap) as client:
        found = describe(client)
        said = differences(found, partitions, simulated_time)
    if not said:
        typer.echo(
            f"all {len(TOPICS)} topics are as they should be, {found[TOPICS[0].name].partitions} partitions each"
        )
    _tell(said)


def _tell(said: list[str]) -> None:
    for line in said:
        typer.echo(line)
    if said:
        raise typer.Exit(1)
