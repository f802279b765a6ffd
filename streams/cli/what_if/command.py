"""`stoplist what-if`: whom a draft of the policy would block or release, before it is activated."""

import sys
import time
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from schemas.policy import Policy, policy_digest
from schemas.records import Instant
from streams.cli.failure import Failure, failing_on
from streams.cli.history import parse_instant, read_history, reading
from streams.cli.options import BOOTSTRAP_DEFAULT, Bootstrap, Language, load_policy
from streams.cli.terminal import Progress, page_console

_PIPED: Final = 100
"""Characters a line when no terminal says how wide it is."""


def what_if(
    policy: Annotated[Path, typer.Option("--policy", metavar="DRAFT", help="The draft.", show_default=False)],
    history: Annotated[
        str | None, typer.Argument(metavar="HISTORY", help="A history file; - is standard input.", show_default=False)
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Read Kafka's topics instead of a history.")] = False,
    until: Annotated[
        str | None,
        typer.Option(metavar="INSTANT", help="As of when; default: now, of a history its latest timestamp."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="INSTANT", help="When the draft comes into force; default: the beginning."),
    ] = None,
    own: Annotated[
        Path | None,
        typer.Option(
            "--in-force",
            envvar="STOPLIST_POLICY",
            metavar="FILE",
            help="Policy in force from the beginning, as workers were started with; default: the shipped.",
        ),
    ] = None,
    bootstrap: Bootstrap = BOOTSTRAP_DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="One JSON object with every client that changes.")] = False,
    language: Annotated[Language, typer.Option(help="Language of the tables.")] = Language.EN,
) -> None:
    """Folds the same records under the policy in force and under a draft, and shows what differs at the end.

    The one side has every policy as it was activated; the other has the draft from the beginning, or with --from from
    an instant on, as if it were activated then. Shown are the clients that would be blocked or released, the categories
    that move, and the outputs that only one side publishes (counts, and the first of each type). An INSTANT is
    milliseconds or RFC 3339. Nothing is published; of Kafka the topics are read without joining the workers' group.

    \b
    Examples:
      stoplist what-if history.jsonl --policy draft.yaml
      stoplist what-if history.jsonl --policy draft.yaml --from 2026-03-01T00:00:00+03:00 --json
      stoplist what-if --live --policy draft.yaml
    """
    if live == (history is not None):
        raise Failure("name a history or give --live, one of the two; see stoplist what-if --help")
    end, begin = _instant("--until", until), _instant("--from", since)
    draft, numbers = load_policy(policy), load_policy(own)
    if history is not None:
        told = compare_history(numbers, draft, history, end, begin)
    else:
        told = compare_live(numbers, draft, bootstrap, end, begin)
    show(told, language, json)


def _instant(option: str, text: str | None) -> Instant | None:
    try:
        return None if text is None else parse_instant(text)
    except ValueError as error:
        raise Failure(f"{option} {error}") from None


def compare_history(
    own: Policy, draft: Policy, history: str, until: Instant | None, since: Instant | None
) -> dict[str, Any]:
    """What differs in a history file; `own` is in force from its beginning, the draft from `since` (None: as well)."""
    from streams.cli.what_if.comparison import Comparison, Differences, up_to

    _refuse_currency(own, draft)
    found = Differences()
    comparison = Comparison(own, draft, since, found)
    with reading(history) as lines, Progress("records folded") as progress:
        for line in up_to(read_history(lines, history), until):
            with failing_on("a record of the history"):
                comparison.step(line)
            progress.advance()
        with failing_on("the time after the last record"):
            comparison.end(until)
    return _document(own, draft, since, found, comparison)


def compare_live(
    own: Policy, draft: Policy, bootstrap: str, until: Instant | None, since: Instant | None
) -> dict[str, Any]:
    """What differs on Kafka's topics, partition by partition."""
    from schemas.catalogue import CLIENTS
    from streams.cli.live_inputs import partition_count, steps_of
    from streams.cli.sending import keeps_own_time
    from streams.cli.what_if.comparison import Comparison, Differences, up_to

    _refuse_currency(own, draft)
    found = Differences()
    count = partition_count(bootstrap)
    end = until if until is not None or keeps_own_time(bootstrap, [CLIENTS]) else round(time.time() * 1000)
    comparisons = [Comparison(own, draft, since, found) for _ in range(count)]
    with Progress("records folded") as progress:
        for number, comparison in enumerate(comparisons):
            for step in up_to(steps_of(bootstrap, number), until):
                with failing_on(f"a record of partition {number}"):
                    comparison.step(step)
                progress.advance()
    # with simulated time no partition may lag behind the others
    end = end if end is not None else max(comparison.now.instant for comparison in comparisons)
    for comparison in comparisons:
        with failing_on("the time after the last record"):
            comparison.end(end)
    return _document(own, draft, since, found, comparisons[0])


def _refuse_currency(own: Policy, draft: Policy) -> None:
    if own.currency != draft.currency:
        raise Failure(
            f"the draft's currency is {draft.currency}, but balances are kept in {own.currency}, which cannot change; "
            f"write currency: {own.currency}"
        )


def _document(own: Policy, draft: Policy, since: Instant | None, found: Any, side: Any) -> dict[str, Any]:
    rules = side.now.shared.current.rules
    types = sorted(dict.fromkeys((*found.only_in_force, *found.only_draft)))
    by_client = itemgetter("client_id")
    return {
        "as_of": rules.instant_text(found.instant),
        "in_force": {"version": rules.version, "digest": rules.digest},
        "draft": {"version": draft.version, "digest": policy_digest(draft)},
        "draft_from": None if since is None else rules.instant_text(since),
        "records": found.records,
        "clients": found.clients,
        "blocked": sorted(found.blocked, key=by_client),
        "released": sorted(found.released, key=by_client),
        "other_conditions": sorted(found.other_conditions, key=by_client),
        "categories": sorted(found.categories, key=by_client),
        "outputs": {
            "counts": [
                {"type": kind, "only_in_force": found.only_in_force[kind], "only_draft": found.only_draft[kind]}
                for kind in types
            ],
            "sample": sorted(found.samples, key=lambda one: (one["effective_at"] or "", one["client_id"] or "")),
        },
    }


def show(told: dict[str, Any], language: Language, json: bool) -> None:
    """Writes the comparison to stdout, as tables or as one JSON object."""
    if json:
        sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
        return

    from streams.cli.explain.page import show as drawn
    from streams.cli.what_if.page import page

    sys.stdout.write(drawn(page(told, language.value), page_console(_PIPED)))
