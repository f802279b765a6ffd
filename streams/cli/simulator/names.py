"""Names of clients, in English letters and in Russian ones."""

from typing import Final, NamedTuple


class Name(NamedTuple):
    """One name in both alphabets."""

    en: str
    ru: str


_STEMS: Final = (
    Name("Kantsmir", "Канцмир"),
    Name("Chasoviye Dela", "Часовые дела"),
    Name("Skrepka", "Скрепка"),
    Name("Podarki Plus", "Подарки плюс"),
    Name("Bukvitsa", "Буквица"),
    Name("Volna", "Волна"),
    Name("Zolotaya Osen", "Золотая осень"),
    Name("Shkolnik", "Школьник"),
    Name("Fotograd", "Фотоград"),
    Name("Mayatnik", "Маятник"),
    Name("Pyat Minut", "Пять минут"),
    Name("Karandash", "Карандаш"),
    Name("Suvenirny Dvor", "Сувенирный двор"),
    Name("Lastochka", "Ласточка"),
    Name("Tochka Otscheta", "Точка отсчёта"),
    Name("Bely List", "Белый лист"),
    Name("Svetopis", "Светопись"),
    Name("Chernilnitsa", "Чернильница"),
    Name("Rodnik", "Родник"),
    Name("Ofis-Torg", "Офис-Торг"),
    Name("Strela", "Стрела"),
    Name("Papirus", "Папирус"),
    Name("Malakhit", "Малахит"),
    Name("Kompas", "Компас"),
    Name("Yarmarka", "Ярмарка"),
    Name("Kukushka", "Кукушка"),
    Name("Grifel", "Грифель"),
    Name("Sem Tsvetov", "Семь цветов"),
    Name("Trud i Znanie", "Труд и знание"),
    Name("Bereg", "Берег"),
)
_CITIES: Final = (
    Name("Moscow", "Москва"),
    Name("Tver", "Тверь"),
    Name("Kazan", "Казань"),
    Name("Ryazan", "Рязань"),
    Name("Perm", "Пермь"),
    Name("Samara", "Самара"),
    Name("Tula", "Тула"),
    Name("Pskov", "Псков"),
    Name("Omsk", "Омск"),
    Name("Saratov", "Саратов"),
    Name("Kaluga", "Калуга"),
    Name("Vologda", "Вологда"),
    Name("Yaroslavl", "Ярославль"),
)
# 30 and 13 have no common divisor: stepping both gives every pair once before the first comes again
NAMES_DIFFERENT: Final = len(_STEMS) * len(_CITIES)


def name_of(number: int) -> Name:
    """The name of client `number`, from 0 on; from `NAMES_DIFFERENT` on with a number in it."""
    stem, city = _STEMS[number % len(_STEMS)], _CITIES[number % len(_CITIES)]
    round_ = number // NAMES_DIFFERENT
    suffix = f" {round_ + 1}" if round_ else ""
    return Name(f"{stem.en}, {city.en}{suffix}", f"{stem.ru}, {city.ru}{suffix}")


def territory_of(number: int) -> str:
    """The sales region of client `number`: its city."""
    return _CITIES[number % len(_CITIES)].en.lower()
