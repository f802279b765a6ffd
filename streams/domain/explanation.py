"""What an output says to a clerk, in English and in Russian: what changed, on what grounds, what would lift it."""

from typing import Final

from streams.domain import sentences
from streams.domain.money import text
from streams.domain.overdue import Overdue
from streams.domain.sentences import Text
from streams.domain.state import Days


def risk_group_changed(before: int, after: int, overdue: Overdue, window_days: int) -> Text:
    """Why a client moved from one risk group to another."""
    up = after > before
    count, longest = sentences.violations(overdue.violations), sentences.days(overdue.days_longest)
    window = sentences.days(window_days)
    if not overdue.violations:
        en_why, ru_why = f"no violations in the last {window.en}", f"за последние {window.ru} нарушений нет"
    else:
        en_why = f"{count.en} in the last {window.en}, the longest overdue {longest.en}"
        ru_why = f"за последние {window.ru} {count.ru}, самая долгая просрочка {longest.ru}"
    return Text(
        f"Risk group {'rises' if up else 'falls'} from {before} to {after}: {en_why}.",
        f"Группа риска {'повышена' if up else 'понижена'} с {before} до {after}: {ru_why}.",
    )


def volume_changed(before: str, after: str, month: int, turnover: int, currency: str) -> Text:
    """Why a client moved from one volume category to another; `month` is the one whose turnover decided."""
    name, amount = sentences.month_name(month), text(turnover)
    up = after < before
    return Text(
        f"Volume category {'rises' if up else 'falls'} from {before} to {after}: "
        f"the turnover of {name.en} is {amount} {currency}.",
        f"Категория по объёму {'повышена' if up else 'понижена'} с {before} до {after}: "
        f"оборот за {name.ru} — {amount} {currency}.",
    )


_IMPORTANCE: Final = {
    None: Text("none", "нет"),
    "small": Text("small", "малый"),
    "medium": Text("medium", "средний"),
    "key": Text("key", "ключевой"),
}
_RANKS: Final = tuple(_IMPORTANCE)


def importance_changed(kind: str, scope_id: str, before: str | None, after: str | None, held: int, total: int) -> Text:
    """Why a client's importance moved in a scope; `held` of its turnover `total` are with the clients before it."""
    was, now, up = _IMPORTANCE[before], _IMPORTANCE[after], _RANKS.index(after) > _RANKS.index(before)
    share = f"{held * 1000 // total // 10}.{held * 1000 // total % 10}%" if total else "0.0%"
    if after is None:
        en_why, ru_why = "no sales in it any more", "продаж больше нет"
    else:
        en_why, ru_why = (
            f"clients with more turnover hold {share} of it",
            f"на долю клиентов впереди приходится {share}",
        )
    ru_scope = "направлению" if kind == "direction" else "территории"
    return Text(
        f"Importance in {kind} {scope_id} {'rises' if up else 'falls'} from {was.en} to {now.en}: {en_why}.",
        f"Важность клиента по {ru_scope} {scope_id} {'повышена' if up else 'понижена'}: "
        f"«{was.ru}» → «{now.ru}»; {ru_why}.",
    )


def overdue_now(ids: list[str], amount: int, currency: str) -> Text:
    """What is overdue: `100.00 USD is overdue (O1)`."""
    listed = sentences.listed(ids)
    return Text(
        f"{text(amount)} {currency} is overdue ({listed.en})",
        f"просрочено {text(amount)} {currency} ({listed.ru})",
    )


def payment_lifts(amount: str, currency: str, ids: list[str]) -> Text:
    """The least payment, a sentence of its own."""
    if not ids:
        return Text(f"A payment of {amount} {currency} lifts it.", f"Снимается оплатой {amount} {currency}.")
    listed = sentences.listed(ids)
    return Text(
        f"A payment of {amount} {currency} for {listed.en} lifts it.",
        f"Снимается оплатой {amount} {currency} за {listed.ru}.",
    )


def date_lifts(day: Days) -> Text:
    """The day on which a condition ends by itself, a sentence of its own."""
    name = sentences.calendar_date(day)
    return Text(f"It ends by itself on {name.en}.", f"Снимется само собой {name.ru}.")


def blocked(holds: list[Text]) -> Text:
    """All grounds of a block."""
    return sentences.joined(Text("Do not ship.", "Отгрузки запрещены."), *holds)


SWITCHED_OFF: Final = Text("the policy no longer has this rule", "правило отключено политикой")
_AFTER: Final = {
    "payment.received": Text("payment {}", "платежа {}"),
    "goods.returned": Text("return {}", "возврата {}"),
    "shipment.dispatched": Text("the corrected shipment {}", "исправленной отгрузки {}"),
    "override.granted": Text("override {}", "исключения {}"),
    "conduct.cleared": Text("conduct decision {}", "решения {} о нарушении"),
    "first_deal.decided": Text("decision {} about the first deal", "решения {} о первой сделке"),
    "credit_limit.set": Text("credit limit {}", "установки лимита {}"),
    "obligation.rescheduled": Text("the new term {}", "переноса срока {}"),
    "obligation.disputed": Text("dispute {}", "регистрации спора {}"),
    "obligation.written_off": Text("write-off {}", "списания {}"),
}


def released(ended: list[Text], cause_type: str | None, cause_id: str | None) -> Text:
    """Why shipping is allowed again, and after which record; None: by time or policy alone."""
    en, ru = "; ".join(text.en for text in ended), "; ".join(text.ru for text in ended)
    after = _AFTER.get(cause_type) if cause_type else None
    if after is None:
        return Text(f"Shipping is allowed again: {en}.", f"Отгрузки снова разрешены: {ru}.")
    return Text(
        f"Shipping is allowed again after {after.en.format(cause_id)}: {en}.",
        f"Отгрузки снова разрешены после {after.ru.format(cause_id)}: {ru}.",
    )


def status(blocked_now: bool, group: int, volume: str, debt: str, currency: str, since: Days) -> Text:
    """The status in one sentence; `since` is the first day of the longest open episode, 0 when nothing is overdue."""
    if since:
        day = sentences.calendar_date(since)
        en_late, ru_late = f"overdue since {day.en}", f"просрочка с {day.ru}"
    else:
        en_late, ru_late = "nothing overdue", "просрочки нет"
    en_may = "Do not ship" if blocked_now else "Shipping allowed"
    ru_may = "Отгрузки запрещены" if blocked_now else "Отгрузки разрешены"
    return Text(
        f"{en_may}: risk group {group}, volume {volume}, debt {debt} {currency}, {en_late}.",
        f"{ru_may}: группа риска {group}, объём {volume}, долг {debt} {currency}, {ru_late}.",
    )
