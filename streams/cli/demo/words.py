"""What the demo says, in English and in Russian."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final, Literal

Language = Literal["en", "ru"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Stoplist · a wholesaler that does not exist", "Stoplist · оптовик, которого нет"),
    "title_narrow": ("Stoplist", "Stoplist"),
    "not_durable": (
        "Everything is kept in memory and gone at the end: the embedded broker is not durable, it is for looking only.",
        "Всё хранится в памяти и в конце пропадёт: встроенный брокер ненадёжен, он только для показа.",
    ),
    "not_durable_narrow": (
        "All in memory, gone at the end: the embedded broker is not durable.",
        "Всё в памяти, в конце пропадёт: встроенный брокер ненадёжен.",
    ),
    "look": ("Look on from another terminal:", "Смотреть из другого терминала:"),
    "page": ("The page, logged in once with every role:", "Страница, вход один раз, со всеми ролями:"),
    "page_roles": (
        "On top of the page one chooses whose day it is: viewer, warehouse, accountant, manager, director.",
        "Вверху страницы выбирают, чей это день: наблюдатель, склад, бухгалтер, менеджер, директор.",
    ),
    "end": ("Ctrl-C ends it.", "Ctrl-C завершает показ."),
    "groups": ("clients by risk group", "клиенты по группам риска"),
    "group": ("group", "группа"),
    "group_0": ("pay on time", "платят в срок"),
    "group_1": ("a little late", "чуть опаздывают"),
    "group_2": ("often late", "часто опаздывают"),
    "group_3": ("bad payers", "плохо платят"),
    "blocked_now": ("may not be shipped to", "отгрузки запрещены"),
    "blocked_now_narrow": ("blocked now", "под запретом"),
    "dead_letters": ("unusable records set aside", "негодные записи отложены"),
    "dead_letters_narrow": ("bad records", "негодные"),
    "decisions": ("last blocks and releases", "последние запреты и разрешения"),
    "none_yet": ("The past is being folded …", "Прошлое сворачивается …"),
    "coming": ("what time alone will bring", "что случится само"),
    "nothing_coming": ("nothing in sight", "ничего не ожидается"),
    "blocked": ("BLOCKED", "ЗАПРЕТ"),
    "released": ("RELEASED", "РАЗРЕШЕНО"),
    "stopped": ("Stopped before anything was decided.", "Остановлено прежде, чем что-либо решено."),
    "events_per_second": ("events/s", "событий/с"),
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
        "{events} until {date}: {blocks}, {releases}, {blocked} blocked now, {dead} set aside.",
        "{events} до {date}: {blocks}, {releases}, сейчас под запретом {blocked}, отложено: {dead}.",
    ),
    "summary_groups": ("Clients by risk group: {groups}.", "Клиенты по группам риска: {groups}."),
    "line": (
        "{date}  {events} ({rate}/s)  groups {groups}  blocked {blocked}  {dead} set aside",
        "{date}  {events} ({rate}/с)  группы {groups}  запрещено {blocked}  отложено: {dead}",
    ),
    "set_aside": (
        "Set aside in dead-letters, not fitting the contract (on purpose): {reasons}.",
        "Отложены в dead-letters: не по контракту (нарочно): {reasons}.",
    ),
    "reason_invalid_json": ("no JSON", "не JSON"),
    "reason_unknown_type": ("unknown type", "неизвестный тип"),
    "reason_missing_field": ("field missing", "нет поля"),
    "reason_invalid_field": ("field invalid", "неверное поле"),
}
COUNTED: Final[dict[str, tuple[tuple[str, str], tuple[str, str, str]]]] = {
    "events": (("event", "events"), ("событие", "события", "событий")),
    "blocks": (("block", "blocks"), ("запрет", "запрета", "запретов")),
    "releases": (("release", "releases"), ("разрешение", "разрешения", "разрешений")),
    "clients": (("client", "clients"), ("клиент", "клиента", "клиентов")),
    "records": (
        ("unusable record", "unusable records"),
        ("негодная запись", "негодные записи", "негодных записей"),
    ),
}
"""What is counted: one, many; in Russian one, two to four, many."""
_NO_BREAK_SPACE: Final = "\u00a0"
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


def number(count: float, language: Language) -> str:
    """`11,605`; in Russian `11 605`, with a space that does not break."""
    text = f"{count:,.0f}"
    return text.replace(",", _NO_BREAK_SPACE) if language == "ru" else text


def counted(count: int, key: str, language: Language) -> str:
    """`1 client`, `11,605 events`; in Russian with the form that the number asks for."""
    english, russian = COUNTED[key]
    if language == "en":
        form = english[count != 1]
    elif count % 10 == 1 and count % 100 != 11:
        form = russian[0]
    else:
        form = russian[1] if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else russian[2]
    return f"{number(count, language)} {form}"


def set_aside(reasons: Counter[str], language: Language) -> str:
    """Why records were set aside, the most frequent reason first: `3 no JSON, 1 field missing`."""
    said = []
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        key = f"reason_{reason}"
        said.append(f"{number(count, language)} {word(key, language) if key in WORDS else reason.replace('_', ' ')}")
    return word("set_aside", language).format(reasons=", ".join(said))


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
