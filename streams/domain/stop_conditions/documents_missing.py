"""`documents_missing` (source: work starts when both documents are signed): not both are in force.

On the client once one has ended or anything was dispatched; before that only its requests are refused
(`documents.missing`).
"""

from typing import Final

from streams.domain import activity, documents
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View

_NAMES: Final = {
    documents.COOPERATION_AGREEMENT: Text("cooperation agreement", "соглашение о сотрудничестве"),
    documents.SUPPLY_CONTRACT: Text("supply contract", "договор поставки"),
}


def named(missing: list[str]) -> Text:
    """Documents in words: `cooperation agreement, supply contract`."""
    names = [_NAMES[document] for document in missing]
    return Text(", ".join(name.en for name in names), ", ".join(name.ru for name in names))


def _began(client: Client, view: View) -> bool:
    """Whether work with the client began: a document has ended, or something was dispatched."""
    profile = view.profile
    if profile.ended or profile.opened_owing or profile.opened_as in ("active", "lost"):
        return True
    return activity.dispatched_last(client, view.day) > 0


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return bool(view.profile.missing) and _began(client, view)


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    missing, day = view.profile.missing, view.day
    if not missing:
        facts = documents.signing_ids(rules, client, day)
    else:
        facts = documents.ending_ids(client, day) or activity.first_dispatch(client, day)
    threshold, found = len(documents.REQUIRED), len(documents.REQUIRED) - len(missing)
    return [Because("documents_missing", str(threshold), str(found), facts[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    names = named(view.profile.missing)
    return Text(f"Not in force: {names.en}.", f"Не действует: {names.ru}.")


def _ended(rules: Rules, client: Client, view: View) -> Text:
    if view.profile.missing:
        return Text("nothing was dispatched and no document has ended", "отгрузок не было, и ни один документ не истёк")
    return Text("both documents are in force", "оба документа действуют")


DOCUMENTS_MISSING = StopCondition("documents_missing", "director", Ground.DOCUMENTS, _holds, _because, _said, _ended)


def lifts(missing: list[str]) -> Text:
    """What signing ends it, a sentence of its own."""
    names = named(missing)
    return Text(f"It ends when signed: {names.en}.", f"Снимется, когда подписано: {names.ru}.")
