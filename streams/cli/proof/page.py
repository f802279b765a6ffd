"""What was verified, as a table for a person."""

from collections.abc import Iterator
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from streams.cli.explain.plain import clean

SHOWN_MAX: Final = 10
"""Differences, and remarks, that are listed; --json has more."""
_COLUMNS: Final = ("chunks", "records", "clients", "snapshots", "outputs", "differences")
_HASH_DIGITS: Final = 16


def page(told: dict[str, Any]) -> Iterator[RenderableType]:
    """The parts of the page, from top to bottom; `told` is the document of `--json`."""
    yield _table(told)
    yield Text("")
    if told["state_hash"] is not None:
        yield Text(f"state hash {told['state_hash']}")
    total = told["total"]
    if total["waiting"]:
        yield Text(f"{total['waiting']:,} records are not folded yet")
    yield from _listed("could not be verified:", told["not_verified"], "yellow")
    if told["verified"]:
        yield Text(
            f"Everything agrees: {total['records']:,} records, {total['outputs']:,} outputs, "
            f"{total['snapshots']:,} snapshots.",
            style="bold green",
        )
        return
    yield from _listed("differs:", told["differences"], "red")
    yield Text(f"{total['differences']:,} differences.", style="bold red")


def _table(told: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_footer=True)
    table.add_column("fold", footer="total")
    table.add_column("partition", justify="right")
    for name in _COLUMNS:
        table.add_column(name, justify="right", footer=f"{told['total'][name]:,}")
    table.add_column("state hash")
    worked = {row["fold"] for row in told["partitions"] if row["chunks"] or row["clients"] or row["differences"]}
    for row in told["partitions"]:
        if row["fold"] in worked or row["fold"] == "clients":
            cells = [f"{row[name]:,}" for name in _COLUMNS]
            style = "red" if row["differences"] else None
            digits = (row["state_hash"] or "")[:_HASH_DIGITS]
            table.add_row(row["fold"], str(row["partition"]), *cells, digits, style=style)
    return table


def _listed(title: str, items: list[dict[str, Any]], style: str) -> Iterator[Text]:
    if not items:
        return
    yield Text(title, style=style)
    for item in items[:SHOWN_MAX]:
        place = f"{item['fold']}/{item['partition']}" if "where" not in item else clean(item["where"])
        yield Text(f"  {place}: {clean(item['what'])}")
    if len(items) > SHOWN_MAX:
        yield Text(f"  and {len(items) - SHOWN_MAX} more; --json lists up to a hundred", style="dim")
