"""`stoplist replay --from-kafka`: every partition folded again in the order of its journal, in one go."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from schemas.records import Output
from streams.cli.failure import Failure
from streams.cli.proof.installation import FoldHere, Installation, installation, state_hash
from streams.cli.proof.partition import PartitionProof, PartitionProver
from streams.cli.proof.report import row_of
from streams.cli.proof.verify import run_reading
from streams.cli.terminal import Progress, tell
from streams.engine.failures import ClientFailed
from streams.engine.made import Made

_MEMORY_BYTES: Final = 64 << 20
"""Outputs of one partition that wait in memory until it is folded to its end; more of them wait in a file."""

Line = Callable[[Output], bytes]


def replay_kafka(
    bootstrap: str, policy: Path | None, out: IO[bytes], line: Line | None, chunk_records_max: int | None
) -> None:
    """Writes the outputs of each partition to `out` (without `line`: none), then one object with the state hash.

    Raises Failure when Kafka cannot be read, or a journal says nothing.
    """
    whole = installation(bootstrap, policy)
    with Progress("records folded") as progress:
        proofs = run_reading(_all(whole, out, line, progress.advance, chunk_records_max))
    for proof in proofs:
        for difference in proof.differences.first:
            tell([f"{difference.where}: {difference.what}"])
        tell(f"{proof.fold}/{proof.number}: {note}" for note in proof.notes)
    told = {"state_hash": state_hash(proofs), "partitions": [row_of(proof) for proof in proofs]}
    out.write(msgspec.json.encode(told) + b"\n")
    out.flush()
    if told["state_hash"] is None:
        raise Failure("there is no state hash, because a journal cannot be folded again; stoplist verify says more")


async def _all(
    whole: Installation,
    out: IO[bytes],
    line: Line | None,
    folded: Callable[[int], None],
    chunk_records_max: int | None,
) -> list[PartitionProof]:
    proofs = []
    for number in range(whole.partitions):
        for one in whole.folds:
            proofs.append(await _partition(one, number, whole.partitions, out, line, folded, chunk_records_max))
    return proofs


async def _partition(
    one: FoldHere,
    number: int,
    partitions: int,
    out: IO[bytes],
    line: Line | None,
    folded: Callable[[int], None],
    chunk_records_max: int | None,
) -> PartitionProof:
    """Outputs wait until the partition is folded: when the rules raise on a client, it is folded anew."""
    apart: set[bytes] = set()
    while True:
        proof = PartitionProof(one.name, number)
        with tempfile.SpooledTemporaryFile(_MEMORY_BYTES) as waiting:
            emit = _writer(waiting, line)
            prover = PartitionProver(
                one.settings, one.fold, partitions, proof, emit, folded, set(apart), chunk_records_max
            )
            try:
                await prover.run(snapshots=False)
            except ClientFailed as failure:
                if failure.key in apart:
                    raise
                apart.add(failure.key)
                continue
            waiting.seek(0)
            shutil.copyfileobj(waiting, out)
            return proof


def _writer(waiting: Any, line: Line | None) -> Callable[[Made], None]:
    def emit(made: Made) -> None:
        if line is not None:
            waiting.writelines(map(line, made.here))

    return emit
