"""The folds that workers run, and what the engine needs to know of each."""

from dataclasses import replace
from typing import Any, Final, Literal

from schemas.catalogue import DEAD_LETTERS, IMPORTANCE, POLICIES, SCOPES, SCOPES_JOURNAL, TURNOVER
from schemas.policy import Policy
from streams.engine.fold import Fold
from streams.engine.settings import EngineSettings

FoldName = Literal["clients", "importance"]
_SCOPES_TAKEN_MAX: Final = 1


def fold_of(name: FoldName, policy: Policy) -> Fold[Any, Any]:
    """The rules of a fold; `policy` holds until one is activated."""
    if name == "importance":
        from streams.domain.importance.fold import ImportanceFold

        return ImportanceFold(policy)
    from streams.domain.fold import ClientFold

    return ClientFold(policy)


def of_scopes(settings: EngineSettings, scope_bytes_max: int) -> EngineSettings:
    """The settings of a worker that folds scopes, from those of one that folds clients.

    It has a group, a journal and snapshots of its own. A state may hold a hundred thousand clients, so one is encoded
    between two chunks.
    """
    return replace(
        settings,
        application_id=f"{settings.application_id}-importance",
        client_id=f"{settings.client_id}-importance",
        data_directory=settings.data_directory.with_name(f"{settings.data_directory.name}-importance"),
        input_topics=(TURNOVER, POLICIES),
        journal_topic=SCOPES_JOURNAL,
        snapshot_topic=SCOPES,
        compacted_output_topics=(),
        output_topics=(IMPORTANCE, DEAD_LETTERS),
        keyed_topics=(IMPORTANCE,),
        state_bytes_max=scope_bytes_max,
        snapshot_slice_records=_SCOPES_TAKEN_MAX,
        deadline_clients_max=_SCOPES_TAKEN_MAX,
    )
