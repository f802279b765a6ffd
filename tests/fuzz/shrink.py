"""Makes a failing world small: leaves records out while it still fails."""

from schemas.policy import Policy
from tests.fuzz.fates import Broken
from tests.fuzz.run import run_records
from tests.fuzz.sent import Sent


def shrink(policy: Policy, records: list[Sent], said: str) -> tuple[list[Sent], str]:
    """Fewer records that break a promise too, and which."""
    size = len(records) // 2
    while size:
        start = 0
        while start < len(records):
            fewer = records[:start] + records[start + size :]
            error = _broken(policy, fewer)
            if error is None:
                start += size
            else:
                records, said = fewer, error
        size //= 2
    return records, said


def _broken(policy: Policy, records: list[Sent]) -> str | None:
    try:
        run_records(policy, records)
    except Broken as error:
        return str(error)
    return None
