"""The table `clients`: Faust assigns its changelog with the inputs; recovery and writing are the engine's."""

from typing import Any

import faust
from faust.tables.manager import TableManager
from faust.types import TP

from streams.engine.engine import Engine

_BEYOND_ANY_OFFSET = 1 << 62


class EngineTableManager(TableManager):
    """Faust's, without the second it waits for further tables: there is one."""

    async def on_start(self) -> None:
        """Register the table and start recovery's service."""
        await self._update_channels()
        await self.recovery.start()


class ClientTable(faust.Table):  # type: ignore[type-arg]
    """Its values live in the engine, encoded; `len` and `keys` are of no use here."""

    engine: Engine

    def persisted_offset(self, tp: TP) -> int | None:
        """Tells Faust's recovery that there is nothing left for it to read."""
        return _BEYOND_ANY_OFFSET

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Partitions come and go; the engine hears of revoked ones by `on_partitions_revoked`, before this."""
        consumer: Any = self.app.consumer
        consumer.pause_changelog(self.engine.settings.snapshot_topic)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Faust has nothing to recover; now the engine takes the partitions."""
        if self.engine.failure is None:
            await self.engine.assign(tp.partition for tp in active_tps)
