"""What a person did or has wrong, said in one sentence: the command prints it and ends with exit code 2."""


class Failure(Exception):
    """The command cannot go on; the text is one sentence that names the cause and what to do."""
