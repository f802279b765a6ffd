"""`stoplist keys`: makes the keys with which people sign their decisions, and shows which ones count."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from schemas.policy import Key, Policy
from streams.cli import signing_key
from streams.cli.failure import Failure
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, load_policy

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Make signing keys, and show which ones count.",
    epilog='Example: stoplist keys new petrova-2026 --holder "O. Petrova" --role manager --out petrova.key',
)


class Role(StrEnum):
    """What a key may decide; the rules' table says who may lift which reason."""

    MANAGER = "manager"
    DIRECTOR = "director"


@app.command(
    short_help="Make a key pair.",
    epilog='Example: stoplist keys new petrova-2026 --holder "O. Petrova" --role manager --out petrova.key',
)
def new(
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="What judgements name it by.", show_default=False)],
    holder: Annotated[str, typer.Option(help="The person or service that holds it.", show_default=False)],
    role: Annotated[list[Role], typer.Option(help="What it may decide; may be given twice.", show_default=False)],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the private key goes.", show_default=False)],
) -> None:
    """Writes the private key to a file that only you may read, and prints the line that lists it in the policy.

    The key counts once a policy with that line is activated. Replace a key by giving its line a valid_until and adding
    the new one; take a lost key out at once. What it signed before keeps its effect.
    """
    roles = tuple(dict.fromkeys(str(item) for item in role))
    made = signing_key.new(key_id, holder, roles)
    try:
        Key.model_validate(
            {"key_id": key_id, "public_key": signing_key.public_key(made), "holder": holder, "roles": roles}
        )
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        raise Failure(f"{field}: must be short printable text (a key id in Latin letters); write another") from None
    if "\n" in holder or not holder.isprintable():
        raise Failure("holder: must be one line of printable text; write another")
    signing_key.write_new(out, made)
    typer.echo(f"keys:\n{signing_key.policy_line(made)}")


@app.command(short_help="Print the public half of a key.", epilog="Example: stoplist keys show petrova.key")
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A private key.", show_default=False)],
) -> None:
    """Prints the line that lists a key in the policy. The private half is never shown."""
    typer.echo(f"keys:\n{signing_key.policy_line(signing_key.read(file))}")


@app.command(
    "list",
    short_help="List the keys that a policy lets sign.",
    epilog="Examples: stoplist keys list --policy policy.yaml; stoplist keys list --active",
)
def list_(
    policy: Annotated[
        Path | None,
        typer.Option(envvar="STOPLIST_POLICY", metavar="FILE", help="A policy in YAML; default: the shipped."),
    ] = None,
    active: Annotated[bool, typer.Option("--active", help="Of the policy in force, read from the broker.")] = False,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
) -> None:
    """Lists key id, roles, validity, the beginning of the public key and the holder, one key a line."""
    numbers = load_policy(policy)
    if active:
        from streams.cli.state_reading import standing_of_workers

        numbers = standing_of_workers(bootstrap, numbers).current.rules.policy
    for line in _lines(numbers):
        typer.echo(line)


def _lines(policy: Policy) -> list[str]:
    if not policy.keys:
        return ["the policy lists no keys: every judgement is refused"]
    rows = [
        (
            key.key_id,
            ", ".join(key.roles),
            f"{key.valid_from or '…'} – {key.valid_until or '…'}",
            signing_key.fingerprint(key.public_key),
            key.holder,
        )
        for key in policy.keys
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return ["  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]]) for row in rows]
