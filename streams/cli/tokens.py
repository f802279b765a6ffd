"""`stoplist tokens`: who may call the HTTP server, and as what."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from schemas.forms import is_printable
from streams.cli.failure import Failure
from streams.views.serving import tokens
from streams.views.serving.roles import MAY, Role
from streams.views.serving.tokens import TokenFileError

TOKENS_DEFAULT: Final = Path("tokens.json")
TokenFile = Annotated[
    Path, typer.Option("--file", envvar="STOPLIST_TOKENS", metavar="FILE", help="Where hashes of tokens are kept.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose: the author of what is decided with it.")]
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Make, list and remove the tokens with which people and programs call the HTTP server.",
    epilog="Example: stoplist tokens add petrova --role manager",
)


@app.command(
    short_help="Make a token; it is shown once.",
    epilog="Example: stoplist tokens add warehouse-2 --role warehouse --days 365",
)
def add(
    name: Name,
    role: Annotated[list[str], typer.Option(metavar="ROLE", help=f"One of {', '.join(MAY)}; may be repeated.")],
    days: Annotated[int | None, typer.Option(min=1, max=3_660, help="It ends after so many days.")] = None,
    file: TokenFile = TOKENS_DEFAULT,
) -> None:
    """Makes a token and writes it to standard output, this once: only its hash is kept."""
    if not 1 <= len(name) <= 64 or not is_printable(name):
        raise Failure("NAME must be 1 to 64 printable characters")
    unknown = [one for one in role if one not in MAY]
    if unknown:
        raise Failure(f"--role: {unknown[0]!r} is none; choose of {', '.join(MAY)}")
    known = _read(file) if file.exists() else []
    if any(one.name == name for one in known):
        raise Failure(
            f"{name} has a token already; choose another name, or remove it with stoplist tokens remove {name}"
        )
    roles: tuple[Role, ...] = tuple(dict.fromkeys(role))  # type: ignore[arg-type] # looked at above
    secret, token = tokens.new(name, roles, days)
    _write(file, [*known, token])
    typer.echo(secret)
    typer.echo(f"stoplist: this is shown once; {name} ({', '.join(roles)}) is in {file}", err=True)


@app.command("list", short_help="Whose tokens there are.", epilog="Example: stoplist tokens list")
def list_(file: TokenFile = TOKENS_DEFAULT) -> None:
    """Lists names, roles and how long each token counts."""
    for token in _read(file):
        until = "for ever" if token.expires_at is None else f"until {_day(token.expires_at)}"
        ended = token.expires_at is not None and token.expires_at <= time.time()
        typer.echo(
            f"{token.name}\t{','.join(token.roles)}\tsince {_day(token.created_at)}\t{'ENDED' if ended else until}"
        )


@app.command(short_help="Remove a token.", epilog="Example: stoplist tokens remove warehouse-2")
def remove(name: Name, file: TokenFile = TOKENS_DEFAULT) -> None:
    """Removes a token: within a second it and the sessions opened with it count no longer."""
    known = _read(file)
    left = [token for token in known if token.name != name]
    if len(left) == len(known):
        raise Failure(f"{file} has no token of {name}; see stoplist tokens list")
    _write(file, left)
    typer.echo(f"stoplist: {name} may no longer call", err=True)


def _read(file: Path) -> list[tokens.Token]:
    try:
        return tokens.read(file)
    except TokenFileError as error:
        raise Failure(str(error)) from None


def _write(file: Path, left: list[tokens.Token]) -> None:
    try:
        tokens.write(file, left)
    except TokenFileError as error:
        raise Failure(str(error)) from None


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
