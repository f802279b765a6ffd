"""One Apache Kafka node: broker and controller in one process, a cluster of its own or part of one."""

import base64
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from tests.harness.kafka import prepared
from tests.harness.kafka.jars import jars
from tests.harness.ports import LOOPBACK, answers, free_port
from tests.harness.server import Server, ServerFailed
from tests.harness.starting import Started

_LOGGING = Path(__file__).with_name("log4j2.properties")
_QUICK = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_FAST = ("-Xms1g", "-Xmx1g", "-XX:+UseG1GC")
_PORT_ATTEMPTS = 3


class Address(NamedTuple):
    """Where a node of a cluster is reached: by clients, and by the other controllers."""

    node_id: int
    port: int
    controller_port: int


def new_address(node_id: int = 1) -> Address:
    """An address nobody uses now."""
    return Address(node_id, free_port(), free_port())


def new_cluster_id() -> str:
    """Random, in the form that Kafka's storage tool takes."""
    return base64.urlsafe_b64encode(b"\x01" + secrets.token_bytes(15)).decode().rstrip("=")


class KafkaNode(Started):
    """A node with its data in a temporary folder: `with KafkaNode() as node: … node.bootstrap`.

    `settings` are Kafka's own, over the defaults below. `fast` starts it with the compiler and the heap of a server
    that has to carry load (a benchmark's), which takes a second longer. `format_options` go to Kafka's storage tool.
    `preparing` starts it as if none had been started here before, and archives its classes when it stops.
    """

    def __init__(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        fast: bool = False,
        members: tuple[Address, ...] = (),
        node_id: int = 1,
        cluster_id: str | None = None,
        format_options: Sequence[str] = (),
        preparing: bool = False,
    ) -> None:
        self._settings = dict(settings or {})
        self._format_options = tuple(format_options)
        self._java_options = _FAST if fast else _QUICK
        self._preparing = preparing
        self._members = members
        self._node_id = node_id
        self._cluster_id = cluster_id or new_cluster_id()
        self.home = Path(tempfile.mkdtemp(prefix="stoplist-kafka-"))
        self.server = Server(f"Kafka node {node_id}", self.home / "out.log")

    @property
    def archive(self) -> Path:
        """The archive of its classes, written at its end when it was `preparing`."""
        return self.home / "classes.jsa"

    @property
    def address(self) -> Address:
        """This node's own address among the members."""
        return next(member for member in self._members if member.node_id == self._node_id)

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients; the same again after a restart."""
        return f"{LOOPBACK}:{self.address.port}"

    def start(self) -> Self:
        """Format the data folder if it is new, start the process, return when it accepts clients."""
        if self._members:
            self._start()
            return self
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            self._members = (new_address(self._node_id),)
            try:
                self._start()
                return self
            except ServerFailed:
                # another process may have taken a port between the choice and the start
                if attempt == _PORT_ATTEMPTS or "Address already in use" not in self.server.log_tail():
                    self._members = ()
                    raise
        raise AssertionError

    def stop(self) -> None:
        """End it in order. Its data stays: `start` goes on with it."""
        self.server.stop()

    def kill(self) -> None:
        """SIGKILL. Its data stays: `start` goes on with it, after the recovery a broker does."""
        self.server.kill()

    def restart(self) -> None:
        """Stop and start, at the same address."""
        self.stop()
        self.start()

    def copied(self) -> "KafkaNode":
        """A node of the same cluster and id at another address, with a copy of this one's data; `start` it yourself."""
        other = KafkaNode(self._settings, node_id=self._node_id, cluster_id=self._cluster_id)
        shutil.copytree(self.home / "data", other.home / "data")
        return other

    def close(self) -> None:
        """End it at once and remove its data."""
        self.server.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def log_tail(self) -> str:
        """The end of its log."""
        return self.server.log_tail()

    def _start(self) -> None:
        properties = self.home / "server.properties"
        properties.write_text("".join(f"{name}={value}\n" for name, value in self._all_settings().items()))
        if not (self.home / "data" / "meta.properties").exists():
            self._format(properties)
        before = self.server.log.stat().st_size if self.server.log.exists() else 0

        def serves() -> bool:
            # the port opens earlier than topics can be made
            with self.server.log.open("rb") as log:
                log.seek(before)
                return b"Kafka Server started" in log.read() and answers(self.address.port)

        archiving = [f"-XX:ArchiveClassesAtExit={self.archive}"] if self._preparing else []
        self.server.start([*self._java(*archiving), "kafka.Kafka", properties], serves)

    def _format(self, properties: Path) -> None:
        names = {"cluster.id": self._cluster_id, "node.id": self._node_id, "directory.id": new_cluster_id()}
        usual = not self._preparing and not self._format_options
        if usual and prepared.format_folder(self.home / "data", names):
            return
        command = [*self._java(), "kafka.tools.StorageTool", "format", "-t", self._cluster_id, "-c", str(properties)]
        command += self._format_options
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise ServerFailed(f"Kafka's data folder could not be formatted:\n{run.stdout}{run.stderr}")

    def _java(self, *more: str) -> list[str]:
        own = [*self._java_options, *([] if self._preparing else prepared.java_options()), *more]
        return ["java", *own, f"-Dlog4j2.configurationFile={_LOGGING}", "-cp", f"{jars()}/*"]

    def _all_settings(self) -> dict[str, str]:
        own = self.address
        replicas = str(min(3, len(self._members)))
        least = str(max(1, len(self._members) - 1))
        return {
            "process.roles": "broker,controller",
            "node.id": str(own.node_id),
            "controller.quorum.voters": ",".join(
                f"{member.node_id}@{LOOPBACK}:{member.controller_port}" for member in self._members
            ),
            "listeners": f"PLAINTEXT://{LOOPBACK}:{own.port},CONTROLLER://{LOOPBACK}:{own.controller_port}",
            "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{own.port}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.home / "data"),
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": least,
            "transaction.state.log.num.partitions": "2",
            "share.coordinator.state.topic.replication.factor": replicas,
            "share.coordinator.state.topic.min.isr": least,
            # after a kill the node may take its own place again only when this is over
            "broker.session.timeout.ms": "2500",
            "broker.heartbeat.interval.ms": "300",
            "group.initial.rebalance.delay.ms": "0",  # one worker does not wait for others that might come
            "group.min.session.timeout.ms": "500",  # tests of a lost worker need not wait six seconds
            "metadata.max.idle.interval.ms": "0",  # else controllers write two records a second of nothing
            "auto.create.topics.enable": "false",  # a misspelt topic is an error
            **self._settings,
        }
