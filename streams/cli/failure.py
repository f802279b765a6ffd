"""What a person did or has wrong, said in one sentence: the command prints it and ends with exit code 2."""

from collections.abc import Iterator
from contextlib import contextmanager


class Failure(Exception):
    """The command cannot go on; the text is one sentence that names the cause and what to do."""


@contextmanager
def failing_on(what: str) -> Iterator[None]:
    """Says that a rule failed on `what`: a bug of ours, told in one sentence all the same."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        raise Failure(
            f"{what}: a rule failed on it ({type(error).__name__}: {error}); this is a bug of Stoplist, please report "
            "it with the history"
        ) from error
