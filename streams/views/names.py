"""Every key in Redis, and what it holds.

All of it follows from Kafka and may be lost, but for `stoplist:session:*` (people log in again) and
`stoplist:idempotency:*`. One server (or one with replicas), no cluster: a script writes keys of many slots at once.
"""

from typing import Final

PREFIX: Final = "stoplist:"
EPOCH: Final = "stoplist:epoch"
"""A name made when the projection began from nothing: who wrote under another one must begin anew as well."""
OFFSETS: Final = "stoplist:offsets"
"""Hash `<topic>/<partition>` → the next offset to apply; moves with the data, in one script."""
PARTITIONS: Final = "stoplist:partitions"
"""How many partitions the topics have."""
POLICY: Final = "stoplist:policy"
"""The last `policy.activated`, as it was written."""
CLIENT: Final = "stoplist:client:"
"""Hash of a client: `status` and `block` (events as published), `name`, and `sequence:<topic>` of the last record of
each topic that was applied."""
BLOCKED: Final = "stoplist:blocked"
"""Set of the blocked clients' ids."""
LIST: Final = "stoplist:list:"
"""Sorted sets of client ids, by `Worklist`."""
RISK_GROUP: Final = "stoplist:risk_group:"
"""Set of the clients of a group."""
SEARCH: Final = "stoplist:search"
"""Sorted set, all scores 0, of `<name from some word on>\\x00<client id>`, to be looked through by first letters; ids
as well that are not all in small letters, for the others stand in the list `all`."""
HISTORY: Final = "stoplist:history:"
"""Sorted set of a client: `{"topic", "event"}` by sequence, the newest kept."""
SHIPMENT: Final = "stoplist:shipment:"
"""`<client>\\x00<shipment>` → the last answer about the shipment; expires."""
EVENTS: Final = "stoplist:events"
"""Sorted set of `<number>:<event>` by number: what live pages are sent, the newest kept."""
EVENTS_LAST: Final = "stoplist:events:last"
"""The number given last."""
ALIVE: Final = "stoplist:alive:"
"""`<partition>` → `Alive` as JSON; refreshed every few seconds while its worker is known to live."""
TIME: Final = "stoplist:time"
"""The latest instant at which an output took effect, ms: the present of an installation with simulated time."""
CHANGED: Final = "stoplist:changed"
"""Sorted set of client ids by the number of the batch that last changed what is stored of them: whoever keeps a copy
asks for those above the last number it saw."""
CHANGED_LAST: Final = "stoplist:changed:last"
"""The number given last."""
SESSION: Final = "stoplist:session:"
LOGIN_ONCE: Final = "stoplist:login:"
"""`<hash of a secret>` → the hash of the token that it stands for, once; expires."""
IDEMPOTENCY: Final = "stoplist:idempotency:"

ALL: Final = "all"
BLOCKED_LIST: Final = "blocked"
CALLS: Final = "calls"
BLOCKED_TOMORROW: Final = "blocked_tomorrow"
LARGEST_OVERDUE: Final = "largest_overdue"
"""Worklists: `all` score 0 · `blocked` since when, ms · `calls` the earliest due date of what is open, as a day's
ordinal · `blocked_tomorrow` the instant at which a client that is not blocked will be, ms · `largest_overdue` what is
judged overdue, minor units."""


def words(client_id: str, name: str = "") -> list[str]:
    """What a client is found by: its id, or its name from each word on; casefolded, at most eight."""
    parts = name.casefold().split()[:8]
    return [" ".join(parts[start:])[:80] for start in range(len(parts))] if name else [client_id.casefold()]
