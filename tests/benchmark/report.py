"""The figures of one run: a table for people, a JSON file for comparisons."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number."""

    section: str
    name: str
    value: float
    unit: str
    ratio: float | None = None
    """To the baseline of the same run."""
    baseline: str | None = None
    cpu_us: float | None = None
    """Microseconds of the worker's CPU for one event."""
    target: float | None = None
    """Of `ratio` when there is a baseline, else of `value`."""
    at_least: bool = True
    """Whether the target is a least or a most."""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """None without a target."""
        measured = self.value if self.ratio is None else self.ratio
        if self.target is None:
            return None
        return measured >= self.target if self.at_least else measured <= self.target


def number(value: float) -> str:
    """Three digits that count, thousands separated."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def print_table(figures: Sequence[Figure], console: Console | None = None) -> None:
    """One table of everything measured."""
    table = Table(title="Stoplist benchmark", title_justify="left")
    table.add_column("section")
    table.add_column("figure")
    for name in ("value", "ratio", "CPU µs/event", "target"):
        table.add_column(name, justify="right")
    table.add_column("note")
    before = ""
    for figure in figures:
        if before and figure.section != before:
            table.add_section()
        table.add_row(
            figure.section if figure.section != before else "",
            figure.name,
            f"{number(figure.value)} {figure.unit}",
            "" if figure.ratio is None else f"{number(figure.ratio)} × {figure.baseline}",
            "" if figure.cpu_us is None else number(figure.cpu_us),
            _target(figure),
            figure.note,
        )
        before = figure.section
    (console or Console(width=150)).print(table)


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    verdict = "[green]reached[/]" if figure.reached else "[red]missed[/]"
    return f"{'≥' if figure.at_least else '≤'} {number(figure.target)}: {verdict}"


def write_json(path: Path, machine: dict[str, Any], sizes: dict[str, Any], figures: Sequence[Figure]) -> None:
    """Everything of one run, for `docs/benchmarks/latest.json`."""
    rows = [{**asdict(figure), "reached": figure.reached} for figure in figures]
    document = {"machine": machine, "sizes": sizes, "figures": rows}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
