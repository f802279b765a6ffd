"""The document of `stoplist verify --json`, which its page shows as well."""

from typing import Any, Final

from streams.cli.proof.differences import KEPT_MAX
from streams.cli.proof.installation import state_hash
from streams.cli.proof.partition import PartitionProof
from streams.cli.proof.verifying import Compared, Verified

_COUNTS: Final = ("chunks", "records", "clients", "snapshots", "outputs", "waiting", "differences")


def report(found: Verified, complete: bool) -> dict[str, Any]:
    """Everything that was found; `complete`: records that wait to be folded are a difference."""
    if complete:
        for proof in found.proofs:
            if proof.waiting:
                proof.differences.add(f"{proof.fold}/{proof.number}", f"{proof.waiting:,} records were never folded")
    rows = [row_of(proof, found.outputs.get((proof.fold, proof.number), Compared())) for proof in found.proofs]
    differences = [
        {"fold": proof.fold, "partition": proof.number, "where": one.where, "what": one.what}
        for proof in found.proofs
        for one in proof.differences.first
    ]
    return {
        "verified": not any(row["differences"] for row in rows),
        "state_hash": state_hash(found.proofs),
        "partitions": rows,
        "total": {name: sum(row[name] for row in rows) for name in _COUNTS},
        "differences": differences[:KEPT_MAX],
        "not_verified": _not_verified(found),
    }


def row_of(proof: PartitionProof, outputs: Compared | None = None) -> dict[str, Any]:
    """One partition of one fold."""
    row: dict[str, Any] = {
        "fold": proof.fold,
        "partition": proof.number,
        "from_the_beginning": proof.whole,
        "chunks": proof.chunks,
        "records": proof.records,
        "clients": proof.clients,
        "waiting": proof.waiting,
        "instant_ms": proof.instant,
        "state_hash": proof.state_hash.hex() or None,
    }
    if outputs is not None:
        row |= {"snapshots": proof.snapshots, "outputs": outputs.found, "differences": proof.differences.count}
    return row


def _not_verified(found: Verified) -> list[dict[str, Any]]:
    """What could not be verified, each with its partition."""
    told = []
    for proof in found.proofs:
        outputs = found.outputs.get((proof.fold, proof.number), Compared())
        said = list(proof.notes)
        if outputs.unexplained:
            said.append(f"{outputs.unexplained:,} outputs were made before the journal begins or after it was read")
        if outputs.gone:
            said.append(f"{outputs.gone:,} outputs are gone by compaction or retention")
        told += [{"fold": proof.fold, "partition": proof.number, "what": what} for what in said]
    return told
