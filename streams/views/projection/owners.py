"""Which partitions the workers' group gives to living members, and what each partition is known to have published."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

from schemas.catalogue import CLIENTS

_SETTLED: Final = ("Stable", "CompletingRebalance", "PreparingRebalance")
"""While partitions are given out anew the members are those that answered; a dead one is not."""


async def owned_partitions(admin: AIOKafkaAdminClient, group: str) -> set[int]:
    """Partitions that belong to a member the group believes alive; empty: no worker runs."""
    owned: set[int] = set()
    for response in await admin.describe_consumer_groups([group]):
        for found in response.to_object()["groups"]:
            if found["state"] in _SETTLED:
                for member in found["members"]:
                    owned.update(_assigned(member["member_assignment"]))
    return owned


def _assigned(assignment: bytes) -> Iterable[int]:
    if not assignment:
        return ()
    decoded = ConsumerProtocolMemberAssignment.decode(assignment)
    return {number for topic, numbers in decoded.assignment if topic == CLIENTS for number in numbers}


async def committed_offsets(admin: AIOKafkaAdminClient, group: str) -> dict[tuple[str, int], int]:
    """Next offsets that the group has committed: a worker does so when what followed is published."""
    found = await admin.list_consumer_group_offsets(group)
    return {(tp.topic, tp.partition): offset.offset for tp, offset in found.items() if offset.offset >= 0}


class _Record(msgspec.Struct, gc=False):
    """What of a journal's record matters here (`streams/engine/journal.py`)."""

    type: str
    owner: int = -1
    positions: dict[str, tuple[int, int]] = {}


class Journals:
    """Follows the journals for their checkpoints: whatever lies before a checkpoint's positions is published.

    The committed offsets say the same sooner, but not after a crash between publishing and committing.
    """

    def __init__(self) -> None:
        self._owners: dict[int, int] = {}
        self.published: dict[tuple[str, int], int] = {}
        self._decode = msgspec.json.Decoder(_Record).decode

    def saw(self, partition: int, records: Iterable[Any]) -> None:
        """Records of one partition's journal, in order; one of a former owner does not count."""
        for record in records:
            try:
                said = self._decode(record.value)
            except msgspec.DecodeError:
                continue
            if said.type == "owner":
                self._owners[partition] = record.offset
            elif said.type == "checkpoint" and said.owner == self._owners.get(partition):
                for topic, (next_offset, _) in said.positions.items():
                    self.published[topic, partition] = next_offset
