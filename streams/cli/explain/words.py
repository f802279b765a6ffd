"""What the page of a client says around the sentences of the rules, in English and in Russian."""

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "as_of": ("as of", "на"),
    "policy": ("policy version", "политика, версия"),
    "now": ("Now", "Сейчас"),
    "conditions": ("Why not to ship", "Почему нельзя отгружать"),
    "next": ("What comes next if nothing arrives", "Что будет, если ничего не придёт"),
    "obligations": ("Obligations", "Обязательства"),
    "turnover": ("Turnover by month", "Оборот по месяцам"),
    "story": ("What happened", "Что было"),
    "blocked": ("BLOCKED", "ЗАПРЕТ"),
    "released": ("RELEASED", "РАЗРЕШЕНО"),
    "may_ship": ("Shipping allowed", "Отгрузки разрешены"),
    "no_conditions": ("Nothing stands against shipping.", "Отгрузкам ничто не мешает."),
    "nothing_next": ("Nothing changes by itself.", "Само собой ничего не изменится."),
    "since": ("since", "с"),
    "grounds": ("{rule}: {observed} against {threshold}", "{rule}: {observed} при пороге {threshold}"),
    "lifts_payment": ("pay {amount} {currency}", "оплатить {amount} {currency}"),
    "lifts_for": (" for {obligations}", " за {obligations}"),
    "lifts_date": ("wait until {at}", "дождаться {at}"),
    "lifts_person": ("ask the {role}", "обратиться: {role}"),
    "lifts_document": ("bring {document}", "предоставить {document}"),
    "lifted_by": ("ends it:", "снимает:"),
    "opens": ("{condition} opens", "откроется {condition}"),
    "closes": ("{condition} closes", "закроется {condition}"),
    "moves": ("{dimension} {from} → {to}", "{dimension} {from} → {to}"),
    "obligation": ("obligation", "обязательство"),
    "due": ("due", "срок"),
    "amount": ("amount", "сумма"),
    "outstanding": ("outstanding", "долг"),
    "unapplied": ("unapplied", "не разнесено"),
    "exposure": ("exposure", "кредитный риск"),
    "limit": ("limit", "лимит"),
    "overdue_days": ("overdue days", "дней просрочки"),
    "episodes": ("when", "когда"),
    "violations": ("violations", "нарушений"),
    "overdue_days_longest": ("longest overdue, days", "самая долгая просрочка, дней"),
    "overdue_days_current": ("overdue now, days", "просрочка сейчас, дней"),
    "overdue_since": ("overdue since", "просрочка с"),
    "month": ("month", "месяц"),
    "risk_group": ("risk group", "группа риска"),
    "volume": ("volume", "объём"),
    "importance": ("importance", "важность"),
    "sales_type": ("sales type", "тип продаж"),
    "activities": ("activities", "виды деятельности"),
    "mall_outlets": ("outlets in large malls", "точек в крупных ТЦ"),
    "lifecycle": ("lifecycle", "статус клиента"),
    "flags": ("flags", "отметки"),
    "warnings": ("warnings", "предупреждения"),
    "overrides": ("overrides", "разрешения"),
    "reservations": ("reservations", "резервы"),
    "first_deal": ("first deal", "первая сделка"),
    "first_payment_overdue": ("first payment overdue", "первый платёж просрочен"),
    "credit_limit": ("credit limit", "кредитный лимит"),
    "manager": ("manager", "руководитель"),
    "director": ("director", "директор"),
    "deadline": ("By time alone", "Само собой, по времени"),
    "by_policy": ("Other numbers of the rules, version {version}", "Другие числа правил, версия {version}"),
    "by_broadcast": ("{type} {id}", "{type} {id}"),
    "held": (
        "From here on the workers keep this client's records aside: its state is over a limit, or a rule failed on it",
        "С этого момента записи клиента откладываются: его состояние больше предела, или на нём сломалось правило",
    ),
    "not_counted": ("does not count", "не учтено"),
    "nothing_changes": ("changes nothing", "ничего не меняет"),
    "correction": ("correction", "поправка"),
    "together": ("{count} times {type} through {last}", "{count} раз {type} по {last}"),
    "together_amount": (", together {amount} {currency}", ", всего {amount} {currency}"),
    "money": ("debt {from} → {to} {currency}", "долг {from} → {to} {currency}"),
    "money_unapplied": ("unapplied {from} → {to} {currency}", "не разнесено {from} → {to} {currency}"),
    "no": ("–", "–"),
    "unnamed": ("(no name)", "(без имени)"),
}


class Say:
    """Words of one language; a name that has none is said as it is, without underscores."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._index = 1 if language == "ru" else 0

    def __call__(self, key: str, **fields: object) -> str:
        pair = WORDS.get(key)
        text = key.replace("_", " ") if pair is None else pair[self._index]
        return text.format(**fields) if fields else text
