"""`conduct` (source: «Клиент нарушил обязательные требования … или этические нормы»): a breach nobody has cleared."""

from typing import Final

from streams.domain import conduct, sentences
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client
from streams.domain.stop_conditions.condition import Ground, StopCondition
from streams.domain.view import View

_KINDS: Final = {
    "requirement": Text("a requirement", "требований"),
    "ethics": Text("ethics", "этики"),
}


def _holds(rules: Rules, client: Client, view: View) -> bool:
    return bool(conduct.uncleared(client, view.instant))


def _because(rules: Rules, client: Client, view: View) -> list[Because]:
    ids = [name for name, _ in conduct.uncleared(client, view.instant)]
    return [Because("conduct", "0", str(len(ids)), ids[: rules.facts_named_max])]


def _said(rules: Rules, client: Client, view: View) -> Text:
    found = conduct.uncleared(client, view.instant)
    name, breach = found[-1]
    kind, day = _KINDS[breach.kind], sentences.calendar_date(breach.day)
    en = f"{breach.proof.author} recorded a breach of {kind.en} on {day.en} ({name}): {breach.evidence.rstrip('.')}"
    ru = f"{breach.proof.author} записал(а) нарушение {kind.ru} {day.ru} ({name}): {breach.evidence.rstrip('.')}"
    earlier = len(found) - 1
    if earlier:
        return Text(f"{en}; {earlier} more before it.", f"{ru}; до него ещё {earlier}.")
    return Text(f"{en}.", f"{ru}.")


def _ended(rules: Rules, client: Client, view: View) -> Text:
    return Text("no recorded breach is left uncleared", "записанных нарушений не осталось")


CONDUCT: Final = StopCondition("conduct", "director", Ground.JUDGEMENTS, _holds, _because, _said, _ended)
