"""One sentence of each kind of input record, in English and in Russian: what came, not what it changed.

A type without a sentence of its own is told by its name and its plain fields, so nothing is left out of a story.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

Language = str
"""`en` or `ru`."""
_PLAIN: Final = (str, int, bool)
_NOT_TOLD: Final = ("type", "id", "client_id", "revision", "voided", "signature", "key_id")


class Sentence(NamedTuple):
    """A sentence with fields of the record in braces, and what is added when a field is there."""

    en: str
    ru: str
    more: tuple[tuple[str, str, str], ...] = ()
    """(field, English, Russian)."""


_BY: Final = ("author", " by {author}", ", решение: {author}")
_WHY: Final = ("reason", ": {reason}", ": {reason}")
_OUTLET: Final = ("outlet_id", " into outlet {outlet_id}", " в точку {outlet_id}")
_TERM: Final = (
    ("payment_term_days", ", to be paid in {payment_term_days} days", ", отсрочка {payment_term_days} дн."),
    ("instalments", ", to be paid {instalments}", ", к оплате {instalments}"),
)
SENTENCES: Final[dict[str, Sentence]] = {
    "payment.received": Sentence(
        "Payment {id}: {amount} {currency}, value date {value_date}",
        "Платёж {id}: {amount} {currency}, дата валютирования {value_date}",
        (("obligations", ", for {obligations}", ", за {obligations}"),),
    ),
    "payment.reversed": Sentence(
        "Reversal {id} of payment {payment_id}, value date {value_date}",
        "Отмена {id} платежа {payment_id}, дата валютирования {value_date}",
        (("amount", ": {amount}", ": {amount}"), ("reason", " ({reason})", " ({reason})")),
    ),
    "payments.completed": Sentence(
        "Accounting has posted every payment through {through}", "Бухгалтерия провела все платежи по {through}"
    ),
    "shipment.requested": Sentence(
        "Shipment {shipment_id} is asked for: {amount} {currency}",
        "Запрошена отгрузка {shipment_id}: {amount} {currency}",
        (_OUTLET, *_TERM),
    ),
    "shipment.cancelled": Sentence("Shipment {shipment_id} is cancelled", "Отгрузка {shipment_id} отменена"),
    "shipment.dispatched": Sentence(
        "Shipment {shipment_id} left on {at}: {amount} {currency}",
        "Отгрузка {shipment_id} от {at}: {amount} {currency}",
        (_OUTLET, *_TERM),
    ),
    "goods.returned": Sentence(
        "Goods of shipment {shipment_id} came back on {returned_on}: {amount} {currency}",
        "Возврат товара по отгрузке {shipment_id} от {returned_on}: {amount} {currency}",
        (("accepted_by", ", accepted by {accepted_by}", ", принял {accepted_by}"),),
    ),
    "sale.recorded": Sentence(
        "Sale {id} of {sold_on}: {amount} {currency} in {direction}",
        "Продажа {id} от {sold_on}: {amount} {currency}, направление {direction}",
    ),
    "sale.returned": Sentence(
        "Sale {sale_id} taken back on {returned_on}: {amount}", "Возврат продажи {sale_id} от {returned_on}: {amount}"
    ),
    "sell_through.reported": Sentence(
        "Report on what was sold of shipment {shipment_id}", "Отчёт о продажах по отгрузке {shipment_id}"
    ),
    "client.registered": Sentence(
        "Registered as {name} on {registered_on}", "Зарегистрирован как {name} {registered_on}"
    ),
    "client.opened": Sentence(
        "Opening balances as of {as_of}",
        "Начальные остатки на {as_of}",
        (
            ("obligations", ", to be paid {obligations}", ", к оплате {obligations}"),
            ("unapplied", ", unapplied {unapplied} {currency}", ", не разнесено {unapplied} {currency}"),
        ),
    ),
    "client.closed": Sentence("Closed on {on}", "Закрыт {on}"),
    "document.signed": Sentence(
        "Document {number} signed on {on}: {document} ({form})",
        "Подписан документ {number} от {on}: {document} ({form})",
    ),
    "document.ended": Sentence(
        "Document {number} ends on {on}: {document}", "Документ {number} прекращён {on}: {document}"
    ),
    "outlet.opened": Sentence("Outlet {outlet_id} opened on {on}", "Открыта точка {outlet_id} {on}"),
    "outlet.closed": Sentence("Outlet {outlet_id} closed on {on}", "Закрыта точка {outlet_id} {on}"),
    "obligation.rescheduled": Sentence(
        "Obligation {obligation_id} is due on {due_date} from {on} on",
        "Срок обязательства {obligation_id} с {on} — {due_date}",
        (_BY, _WHY),
    ),
    "obligation.disputed": Sentence(
        "Obligation {obligation_id} is disputed from {on} on",
        "Обязательство {obligation_id} оспорено с {on}",
        (_BY, _WHY),
    ),
    "obligation.resolved": Sentence(
        "The dispute about {obligation_id} ended on {on}",
        "Спор об обязательстве {obligation_id} окончен {on}",
        (_BY, _WHY),
    ),
    "obligation.written_off": Sentence(
        "Obligation {obligation_id} is written off on {on}", "Обязательство {obligation_id} списано {on}", (_BY, _WHY)
    ),
    "conduct.recorded": Sentence(
        "A breach is recorded ({kind}): {evidence}", "Записано нарушение ({kind}): {evidence}", (_BY,)
    ),
    "conduct.cleared": Sentence("The breach {conduct_id} is cleared", "Нарушение {conduct_id} снято", (_BY, _WHY)),
    "override.granted": Sentence(
        "Permission to ship {id} until {expires_at} in spite of {conditions}",
        "Разрешение {id} до {expires_at}, несмотря на: {conditions}",
        (
            ("shipment_id", ", for shipment {shipment_id}", ", на отгрузку {shipment_id}"),
            ("amount_max", ", up to {amount_max}", ", не более {amount_max}"),
            _BY,
            _WHY,
        ),
    ),
    "override.revoked": Sentence(
        "The permission {override_id} is taken back", "Разрешение {override_id} отозвано", (_BY, _WHY)
    ),
    "credit_limit.set": Sentence(
        "Credit limit {id} from {valid_from}",
        "Кредитный лимит {id} с {valid_from}",
        (
            ("valid_until", " through {valid_until}", " по {valid_until}"),
            ("amount", ": {amount} {currency}", ": {amount} {currency}"),
            _BY,
        ),
    ),
    "first_deal.decided": Sentence(
        "What becomes of the first deal: {decision}", "Решение о первой сделке: {decision}", (_BY, _WHY)
    ),
}


def told(record: Any, language: Language) -> str:
    """The record in one sentence without a full stop, of one line and of printable characters only."""
    if not isinstance(record, dict):
        return _clean(
            ("A record that is no event: {}", "Запись, которая не событие: {}")[language == "ru"].format(record)
        )
    kind, revision = str(record.get("type")), record.get("revision", 1)
    if record.get("voided") is True:
        number = record.get("shipment_id") or record.get("id")
        return _clean((f"Withdrawn: {kind} {number}", f"Отозвано: {kind} {number}")[language == "ru"])
    sentence = SENTENCES.get(kind)
    said = _generic(kind, record) if sentence is None else _filled(sentence, record, language)
    if isinstance(revision, int) and revision > 1:
        said += f" (revision {revision})" if language != "ru" else f" (редакция {revision})"
    return _clean(said)


def _filled(sentence: Sentence, record: Mapping[str, Any], language: Language) -> str:
    fields = _Fields({name: _in_words(value) for name, value in record.items()})
    text = (sentence.ru if language == "ru" else sentence.en).format_map(fields)
    for name, en, ru in sentence.more:
        if record.get(name) not in (None, [], "", "0.00"):
            text += (ru if language == "ru" else en).format_map(fields)
    return text


class _Fields(dict[str, str]):
    """What a sentence is filled with; a field that a bad record lacks is a gap, not an error."""

    def __missing__(self, key: str) -> str:
        return "…"


def _in_words(value: Any) -> str:
    """A value in a sentence: instants to the minute, lists joined, instalments as amount and date."""
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    if isinstance(value, dict):
        if "due_date" in value:
            return f"{value.get('amount')} ({value['due_date']}, {value.get('obligation_id')})"
        return " ".join(_in_words(part) for part in value.values())
    text = str(value)
    return text[:16].replace("T", " ") if text[10:11] == "T" and text[4:5] == "-" else text


def _generic(kind: str, record: Mapping[str, Any]) -> str:
    plain = [f"{name} {value}" for name, value in record.items() if name not in _NOT_TOLD and isinstance(value, _PLAIN)]
    return f"{kind} {record.get('id')}" + (f": {', '.join(plain)}" if plain else "")


def _clean(text: str) -> str:
    """Anybody may have written it: no line breaks, no control characters of a terminal."""
    return "".join(character if character.isprintable() else " " for character in " ".join(text.split()))
