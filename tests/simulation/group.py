"""The consumer group: who owns which partition, told with delay, and believed dead when silent for too long."""

import asyncio
from random import Random
from typing import Any, Final, Protocol

from tests.simulation.loop import SimulatedLoop

_PATIENCE_S: Final = 1.5
"""How long a rebalance waits for a member."""
_AGAIN_S: Final = 0.02


class Member(Protocol):
    """What the group knows of a worker."""

    @property
    def gone(self) -> bool:
        """Its process is dead."""
        ...

    def deliver(self, what: str, generation: int, numbers: list[int]) -> None:
        """Send it a message."""
        ...


class Group:
    """All partitions go to those who answer; everybody gives back everything first, as Faust has it."""

    def __init__(self, loop: SimulatedLoop, partitions: int, random: Random) -> None:
        self.loop, self.partitions, self.random = loop, partitions, random
        self.members: list[Member] = []
        self.generation = 0
        self.assigned: dict[int, Member] = {}
        self._joined: list[Member] = []
        self._wanted = asyncio.Event()
        self._task = loop.create_task(self._run())

    def rebalance(self) -> None:
        """Deal out anew."""
        self._wanted.set()

    def join(self, member: Member, generation: int) -> None:
        """A member is here, or has given back what it had for this generation."""
        if member not in self.members:
            self.members.append(member)
            self.rebalance()
        elif generation == self.generation and member not in self._joined:
            self._joined.append(member)

    def lost(self, member: Member) -> None:
        """It left, or was silent for longer than the session timeout."""
        if member in self.members:
            self.members.remove(member)
            self.rebalance()

    def heartbeat(self, member: Member) -> None:
        """Of one that was believed dead: it is told that it is no member any more, so that it joins anew."""
        if member not in self.members:
            member.deliver("rejoin", self.generation, [])

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self.generation += 1
            self._joined = []
            asked = list(self.members)
            for member in asked:
                member.deliver("rejoin", self.generation, [])
            until = self.loop.time() + _PATIENCE_S
            while self.loop.time() < until and self._waits_for(asked):  # noqa: ASYNC110
                await asyncio.sleep(_AGAIN_S)
            for member in asked:
                if member not in self._joined and member in self.members:
                    self.members.remove(member)
            self._deal(list(self._joined))

    def _waits_for(self, asked: list[Member]) -> bool:
        return any(one not in self._joined for one in asked if one in self.members)

    def _deal(self, owners: list[Member]) -> None:
        self.random.shuffle(owners)
        self.assigned = {number: owners[number % len(owners)] for number in range(self.partitions)} if owners else {}
        for member in owners:
            mine = [number for number, owner in self.assigned.items() if owner is member]
            member.deliver("assign", self.generation, mine)


__all__: list[Any] = ["Group", "Member"]
