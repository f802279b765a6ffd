"""Dead letters for a person: a table, or one whole; and for a program: a JSON object a line."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from schemas.dead_letters import REASONS
from streams.cli.dead_letters.reading import DeadLetter
from streams.cli.letters import printable

_VALUE_CHARACTERS_MAX: Final = 40
_WITH_VALUE: Final = 140
"""Columns of a terminal."""
_HEX_LINE: Final = 16


def as_json(found: DeadLetter) -> str:
    """One object on a line, as `stoplist watch dead-letters --json` and when; bytes that are no text as hex too."""
    told: dict[str, Any] = {**found.letter._asdict(), "topic": found.topic, "rejected_at": _time(found.rejected_ms)}
    for name, data in (("key", found.key), ("value", found.value)):
        if data is not None and not _is_text(data):
            told[f"{name}_hex"] = data.hex()
    if found.left_out:
        told["left_out"] = True
    return msgspec.json.encode(told).decode()


def table(letters: Iterable[DeadLetter], width: int) -> Any:
    """A rich table, a row each; how the value begins where there is room for it."""
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="bold")
    columns = [("id", ""), ("rejected", "dim"), ("client", "cyan"), ("reason", "red"), ("field", "")]
    columns += [("value", "dim")] if width >= _WITH_VALUE else []
    for name, style in columns:
        shown.add_column(name, style=style, no_wrap=name != "id", overflow="fold" if name == "id" else "ellipsis")
    for found in letters:
        letter = found.letter
        row = (letter.place, _time(found.rejected_ms)[:19].replace("T", " "), letter.key, letter.reason, letter.field)
        value = (letter.value or "")[:_VALUE_CHARACTERS_MAX]
        shown.add_row(*(printable(cell or "") for cell in (*row, value)[: len(columns)]))
    return shown


def counted(reasons: Counter[str], shown: int) -> str:
    """One line below the table."""
    total = reasons.total()
    if not total:
        return "no dead letters"
    what = "1 dead letter" if total == 1 else f"{total:,} dead letters"
    left = f", the latest {shown:,} shown" if shown < total else ""
    each = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
    return f"{what}{left}: {each}"


def page(found: DeadLetter) -> str:
    """One dead letter whole: where it lies, what is wrong, what to do, its bytes as text or hex."""
    letter = found.letter
    about = REASONS.get(letter.reason, "Another writer's record: it does not say why.")
    remedy = letter.message.removeprefix(about).strip()
    rows = [
        ("record", letter.place),
        ("rejected", _time(found.rejected_ms)),
        ("reason", f"{letter.reason}: {about}"),
        ("field", letter.field or "-"),
        ("remedy", remedy or "-"),
        ("key", "none" if found.key is None else _bytes_inline(found.key)),
    ]
    told = "\n".join(f"{name:<9} {printable(text)}" for name, text in rows)
    return f"{told}\n{'value':<9} {_value(found)}\n\n{_next(found)}"


def _next(found: DeadLetter) -> str:
    place = found.letter.place
    return (
        "When what was wrong is put right elsewhere:\n"
        f"  stoplist dead-letters retry {place}\n"
        "When the record itself is wrong:\n"
        f"  stoplist dead-letters show {place} --value > corrected.json\n"
        f"  stoplist dead-letters retry {place} --value corrected.json"
    )


def _value(found: DeadLetter) -> str:
    value = found.value
    if found.left_out:
        return f"left out, too large for a dead letter; {found.letter.place} has it"
    if value is None:
        return "none (a tombstone)"
    if _is_text(value):
        return f"{len(value):,} bytes\n{printable(value.decode(), keep=chr(10))}"
    lines = []
    for start in range(0, len(value), _HEX_LINE):
        part = value[start : start + _HEX_LINE]
        lines.append(f"{start:08x}  {part.hex(' '):<{3 * _HEX_LINE}} {_ascii(part)}")
    return "\n".join((f"{len(value):,} bytes, no UTF-8", *lines))


def _ascii(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


def _bytes_inline(data: bytes) -> str:
    return data.decode() if _is_text(data) else f"{data.hex(' ')} (no UTF-8)"


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
