"""What is to be proven: which folds an installation runs, and on how many partitions."""

from pathlib import Path
from typing import Any, Final, NamedTuple

from schemas.catalogue import CLIENTS, JOURNAL, SCOPES_JOURNAL
from streams.agents.folds import FoldName, fold_of
from streams.cli.connection import admin_client, partitions_of
from streams.cli.failure import Failure
from streams.cli.options import load_policy
from streams.cli.proof.partition import PartitionProof
from streams.cli.settings import worker_settings
from streams.engine.fold import Fold
from streams.engine.settings import EngineSettings
from streams.engine.state_hash import HashedPartition, combined_hash

_JOURNALS: Final[dict[FoldName, str]] = {"clients": JOURNAL, "importance": SCOPES_JOURNAL}


class FoldHere(NamedTuple):
    """A fold, and the settings of its workers."""

    name: FoldName
    settings: EngineSettings
    fold: Fold[Any, Any]


class Installation(NamedTuple):
    """The folds whose journal exists."""

    folds: list[FoldHere]
    partitions: int


def installation(bootstrap: str, policy: Path | None) -> Installation:
    """Looks which topics there are. Settings are the environment's, as workers read them. Raises Failure."""
    with admin_client(bootstrap) as client:
        partitions = len(partitions_of(client, CLIENTS))
        there = set(client.list_topics())
    if JOURNAL not in there:
        raise Failure(f"topic {JOURNAL} is missing at {bootstrap}; make the topics with stoplist topics create")
    numbers = load_policy(policy)
    folds = [
        FoldHere(name, worker_settings(bootstrap=bootstrap, fold=name).engine(), fold_of(name, numbers))
        for name, journal in _JOURNALS.items()
        if journal in there
    ]
    return Installation(folds, partitions)


def state_hash(proofs: list[PartitionProof]) -> str | None:
    """The hash of the whole installation; of a fold that never worked nothing counts. None: a journal says nothing."""
    worked = {proof.fold for proof in proofs if proof.chunks or proof.clients}
    counting = [proof for proof in proofs if proof.fold in worked or proof.fold == "clients"]
    if not all(proof.state_hash for proof in counting):
        return None
    return combined_hash(HashedPartition(proof.fold, proof.number, proof.state_hash) for proof in counting)
