"""What the demo says, in English and in Russian."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

Language = Literal["en", "ru"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Stoplist · a wholesaler that does not exist", "Stoplist · оптовик, которого нет"),
    "not_durable": (
        "Everything is kept in memory and gone at the end: the embedded broker is not durable, it is for looking only.",
        "Всё хранится в памяти и в конце пропадёт: встроенный брокер ненадёжен, он только для показа.",
    ),
    "look": ("Look on from another terminal:", "Смотреть из другого терминала:"),
    "end": ("Ctrl-C ends it.", "Ctrl-C завершает показ."),
    "groups": ("clients by risk group", "клиенты по группам риска"),
    "group": ("group", "группа"),
    "group_0": ("pay on time", "платят в срок"),
    "group_1": ("a little late", "чуть опаздывают"),
    "group_2": ("often late", "часто опаздывают"),
    "group_3": ("bad payers", "плохо платят"),
    "blocked_now": ("may not be shipped to", "отгрузки запрещены"),
    "dead_letters": ("unusable records set aside", "негодные записи отложены"),
    "decisions": ("last blocks and releases", "последние запреты и разрешения"),
    "none_yet": ("The past is being folded …", "Прошлое сворачивается …"),
    "coming": ("what time alone will bring", "что случится само"),
    "nothing_coming": ("nothing in sight", "ничего не ожидается"),
    "blocked": ("BLOCKED", "ЗАПРЕТ"),
    "released": ("RELEASED", "РАЗРЕШЕНО"),
    "events_per_second": ("events/s", "событий/с"),
    "events": ("events", "событий"),
    "in": ("in", "через"),
    "seconds": ("s", "с"),
    "hours": ("h", "ч"),
    "days": ("d", "дн."),
    "risk_group": ("risk group", "группа риска"),
    "volume": ("volume", "объём"),
    "opens": ("stop", "запрет"),
    "closes": ("end of stop", "конец запрета"),
    "condition_risk_group": ("bad payer", "плохо платит"),
    "condition_first_payment_overdue": ("first deal unpaid", "первая сделка не оплачена"),
    "condition_credit_limit": ("over the credit limit", "превышен лимит"),
    "starting_broker": ("Starting an embedded broker …", "Запускается встроенный брокер …"),
    "sending": ("Sending six weeks of the past …", "Отправляются шесть недель прошлого …"),
    "starting_worker": ("Starting a worker …", "Запускается обработчик …"),
    "ending": ("Ending …", "Завершается …"),
    "past": ("the past", "прошлое"),
    "summary": (
        "{events} events until {date}: {blocks} blocks, {releases} releases, {blocked} clients blocked now, "
        "{dead} unusable records set aside.",
        "{events} событий до {date}: запретов {blocks}, разрешений {releases}, сейчас запрещено клиентам: {blocked}, "
        "негодных записей отложено: {dead}.",
    ),
    "summary_groups": ("Clients by risk group: {groups}.", "Клиенты по группам риска: {groups}."),
    "line": (
        "{date}  {events} events ({rate}/s)  groups {groups}  blocked {blocked}  set aside {dead}",
        "{date}  событий {events} ({rate}/с)  группы {groups}  запрещено {blocked}  отложено {dead}",
    ),
}
_WEEKDAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
}
_MONTHS: Final = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
}


def word(key: str, language: Language) -> str:
    """A word or sentence; raises KeyError for one there is not."""
    return WORDS[key][language == "ru"]


def moment(at: datetime, language: Language, year: bool = False) -> str:
    """`Mon 16 Mar 12:00`, or with the year `Mon 16 Mar 2026 12:00`."""
    day = f"{_WEEKDAYS[language][at.weekday()]} {at.day:2} {_MONTHS[language][at.month - 1]}"
    return f"{day} {at:%Y %H:%M}" if year else f"{day} {at:%H:%M}"


def how_long(span: timedelta, language: Language) -> str:
    """`2 d 5 h`, or hours alone within a day."""
    days, hours = span.days, span.seconds // 3600
    parts = [f"{days} {word('days', language)}"] if days else []
    return " ".join([*parts, f"{hours} {word('hours', language)}"])


def change_in_words(change: dict[str, Any], language: Language) -> str:
    """`risk group 2 → 3`, or `stop: bad payer`."""
    if "condition" in change:
        key = f"condition_{change['condition']}"
        condition = word(key, language) if key in WORDS else str(change["condition"])
        return f"{word(change['change'], language)}: {condition}"
    dimension = str(change["dimension"])
    named = word(dimension, language) if dimension in WORDS else dimension
    return f"{named} {change['from']} → {change['to']}"
