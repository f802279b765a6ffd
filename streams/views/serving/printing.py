"""The blocked clients as CSV for spreadsheets and as a page to print."""

import base64
import csv
import hashlib
import io
import re
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from jinja2 import Environment

from streams.views.serving.rows import Row

Language = Literal["en", "ru"]

_STYLE: Final = (
    "body{font:11pt/1.35 system-ui,sans-serif;margin:12mm;color:#000;background:#fff}h1{font-size:16pt;margin:0 0 2mm}"
    "p{margin:0 0 4mm}table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:1.5mm 2mm;"
    "text-align:left;vertical-align:top}thead{display:table-header-group}tr{break-inside:avoid}.n{text-align:right;"
    "white-space:nowrap}@page{margin:12mm}@media print{body{margin:0}}"
)
CSP: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
"""The page's own: it needs its style and nothing else."""
_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Do not ship",
        "as_of": "As of",
        "none": "Nobody is blocked.",
        "client": "Client",
        "since": "Blocked since",
        "why": "Why",
        "overdue": "Overdue",
        "debt": "Debt",
        "stale": "Not everything is known up to now: ask before you ship.",
    },
    "ru": {
        "title": "Не отгружать",
        "as_of": "По состоянию на",
        "none": "Нет заблокированных клиентов.",
        "client": "Клиент",
        "since": "С какого времени",
        "why": "Почему",
        "overdue": "Просрочено",
        "debt": "Долг",
        "stale": "Данные неполны на этот момент: спросите, прежде чем отгружать.",
    },
}
_PAGE: Final = Environment(autoescape=True).from_string(
    """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ words.title }}</title><style>{{ style }}</style></head><body>
<h1>{{ words.title }}: {{ rows | length }}</h1>
<p>{{ words.as_of }} <time datetime="{{ as_of }}">{{ as_of[:16].replace("T", " ") }}</time>
{%- if stale %} <strong>{{ words.stale }}</strong>{% endif %}</p>
{% if rows %}<table><thead><tr><th scope="col">{{ words.client }}</th><th scope="col">{{ words.since }}</th>
<th scope="col">{{ words.why }}</th><th scope="col">{{ words.overdue }}</th>
<th scope="col">{{ words.debt }}</th></tr></thead>
<tbody>{% for row in rows %}
<tr><td>{% if row.name %}{{ row.name }}<br>{% endif %}{{ row.client_id }}</td>
<td>{{ (row.blocked_since or "")[:16].replace("T", " ") }}</td><td>{{ amounts(row.explanation[language]) }}</td>
<td class="n">{{ amounts(row.overdue) }} {{ row.currency }}</td>
<td class="n">{{ amounts(row.outstanding) }} {{ row.currency }}</td></tr>
{%- endfor %}
</tbody></table>{% else %}<p>{{ words.none }}</p>{% endif %}
</body></html>
"""
)
_COLUMNS: Final = (
    "client_id",
    "name",
    "blocked_since",
    "reasons",
    "risk_group",
    "overdue",
    "outstanding",
    "currency",
    "overdue_since",
    "explanation_en",
    "explanation_ru",
)
_AMOUNT: Final = re.compile(r"(?<![\w.,-])\d+\.\d\d(?![\w%]|[.,]\d)")
"""Not the beginning of a date (10.03.2026), of a share or of an id."""
_NO_BREAK_SPACE: Final = "\u00a0"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def blocked_page(rows: Sequence[Row], language: Language, as_of: str, stale: bool) -> str:
    """HTML; `stale`: of some clients it is not known."""
    words, amounts = _WORDS[language], partial(amounts_in, language=language)
    return _PAGE.render(
        rows=rows, language=language, words=words, as_of=as_of, stale=stale, style=_STYLE, amounts=amounts
    )


def amounts_in(text: str, language: Language) -> str:
    """Amounts of the contract in a text as people read them: 1180.00 is `1,180.00`, in Russian `1 180,00`."""
    return _AMOUNT.sub(lambda found: _written(found.group(), language), text)


def _written(amount: str, language: Language) -> str:
    whole, _, cents = amount.partition(".")
    grouped = f"{int(whole):,}"
    return f"{grouped}.{cents}" if language == "en" else f"{grouped.replace(',', _NO_BREAK_SPACE)},{cents}"


def blocked_csv(rows: Sequence[Row]) -> bytes:
    """CSV with a line of names; begins with a byte order mark, by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for row in rows:
        cells = (
            row.client_id,
            row.name or "",
            row.blocked_since or "",
            " ".join(row.reasons),
            str(row.risk_group),
            row.overdue,
            row.outstanding,
            row.currency,
            row.overdue_since or "",
            row.explanation["en"],
            row.explanation["ru"],
        )
        writer.writerow([_harmless(cell) for cell in cells])
    return "\ufeff".encode() + out.getvalue().encode()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is marked as text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
