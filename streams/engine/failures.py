"""Why a worker does not start, or stops: every reason with its remedy, as one sentence each."""


class Refusal(Exception):
    """The worker must not start as things are; a person decides. Exit code 2."""

    def __init__(self, code: str, reason: str, remedy: str, *, loss: bool = False) -> None:
        """`code` is a stable name for tests and alerts; `loss`: `--accept-loss` goes on in spite of it."""
        super().__init__(f"{reason}; {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy
        self.loss = loss


class Stopped(Exception):
    """The worker stops itself: a request failed, another owner is ahead, or its inputs are broken. Exit code 1.

    Nothing is sent again (rule 18); the way on is a restart, which takes the partition anew.
    """

    def __init__(self, reason: str, code: str = "stopped") -> None:
        """`code` is a stable name for alerts: `append_failed`, `bad_records`, `other_owner`, or `stopped`."""
        super().__init__(reason)
        self.code = code


class ClientFailed(Exception):
    """The fold raised on one client; the partition is taken anew and that client folded apart from the others."""

    def __init__(self, key: bytes) -> None:
        super().__init__(f"the rules raised on client {key!r}")
        self.key = key
