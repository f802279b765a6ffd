"""What outputs say of overrides: which cover a condition, on whose word, until when, in both languages."""

from streams.domain import overrides, reason_names, sentences
from streams.domain.judgement_facts import Override
from streams.domain.money import text
from streams.domain.outputs import Because
from streams.domain.policy import Rules
from streams.domain.sentences import Text
from streams.domain.state import Client, Instant
from streams.domain.view import View


def ids(client: Client, view: View) -> list[str]:
    """The overrides that cover active conditions, in the order of the conditions."""
    if view.active is view.reasons:
        return []
    covering = [
        name
        for reason in view.active
        if reason not in view.reasons
        for name, _ in overrides.for_anything(client, view.instant, reason)
    ]
    return list(dict.fromkeys(covering))


def because(rules: Rules, client: Client, view: View, reason: str) -> Because:
    """The ground of a condition that is active and blocks nothing: the overrides, which lift it until the last ends."""
    covering = overrides.for_anything(client, view.instant, reason)
    until = max(override.expires_at for _, override in covering)
    return Because(
        "override", rules.instant_text(until), rules.instant_text(view.instant), [name for name, _ in covering]
    )


def covered(rules: Rules, client: Client, view: View, reasons: list[str]) -> list[Text]:
    """Why active conditions block nothing, in a few words: one for each override, with all that it lifts."""
    by_override: dict[str, tuple[Override, list[Text]]] = {}
    for reason in reasons:
        name, override = overrides.for_anything(client, view.instant, reason)[-1]
        by_override.setdefault(name, (override, []))[1].append(reason_names.name(reason))
    return [_lifts(rules, name, override, lifted) for name, (override, lifted) in by_override.items()]


def _lifts(rules: Rules, name: str, override: Override, lifted: list[Text]) -> Text:
    what, until = sentences.enumerated(lifted), moment(rules, override.expires_at)
    author, why = override.proof.author, override.reason.rstrip(".")
    return Text(
        f"override {name} of {author} lifts {what.en} until {until.en} ({why})",
        f"{what.ru}: действует исключение {name}, {author}, до {until.ru} ({why})",
    )


def lifts_now(rules: Rules, client: Client, view: View, reason: str) -> Text:
    """The same as a sentence beside the condition's own."""
    (said,) = covered(rules, client, view, [reason])
    return Text(f"{said.en[:1].upper()}{said.en[1:]}.", f"{said.ru[:1].upper()}{said.ru[1:]}.")


def moment(rules: Rules, instant: Instant) -> Text:
    """`5 March 2026, 12:00`."""
    day = sentences.calendar_date(rules.day_of(instant))
    time = rules.instant_text(instant)[11:16]
    return Text(f"{day.en}, {time}", f"{day.ru} {time}")


def amount_left(override: Override) -> tuple[str | None, str | None]:
    """(amount, how much of it is used) as decimal strings; None both when it is for no amount."""
    if override.amount_max < 0:
        return None, None
    return text(override.amount_max), text(overrides.used(override))
