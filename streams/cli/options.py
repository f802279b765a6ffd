"""Options that several commands share."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from schemas.policy import Policy
from schemas.policy_file import PolicyFileError, default_policy, read_policy
from streams.cli.failure import Failure

BOOTSTRAP_DEFAULT: Final = "127.0.0.1:9092"

Bootstrap = Annotated[
    str,
    typer.Option("--bootstrap", envvar="STOPLIST_BOOTSTRAP", metavar="HOST:PORT,…", help="Addresses of Kafka brokers."),
]


class Language(StrEnum):
    """Of what is said to people."""

    EN = "en"
    RU = "ru"


def load_policy(path: Path | None) -> Policy:
    """The policy of a file, or the one that ships; raises Failure naming the line.

    Of several problems each is told on stderr, on a line of its own.
    """
    if path is None:
        return default_policy()
    try:
        return read_policy(path)
    except PolicyFileError as error:
        if len(error.problems) == 1:
            raise Failure(str(error)) from None
        for problem in error.problems:
            where = f"{problem.field}: " if problem.field else ""
            sys.stderr.write(f"{error.name}:{problem.line}: {where}{problem.remedy}\n")
        raise Failure(f"{path} has {len(error.problems)} problems; correct them and check again") from None
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a policy file") from None
