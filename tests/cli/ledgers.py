"""The ledgers that our overdue days are compared with, and what the ledger itself says of each invoice."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from schemas.policy_file import default_policy_text
from tests.harness.beside import shared_path
from tests.harness.packaged import SAMPLES

SAMPLE = SAMPLES / "receivables.csv"
REAL = shared_path("data/receivables.csv")
LEDGERS = [SAMPLE, *([REAL] if REAL else [])]
FULLEST = REAL or SAMPLE


class Client(NamedTuple):
    """What the ledger's own DaysLate say of one client."""

    late: int
    """Invoices with an overdue day."""
    days_longest: int


def days_late(ledger: Path) -> dict[str, int]:
    """The ledger's own DaysLate by invoice number, of the settled ones."""
    with ledger.open(newline="") as lines:
        return {row["invoiceNumber"]: int(row["DaysLate"]) for row in csv.DictReader(lines) if row["SettledDate"]}


def clients(ledger: Path) -> dict[str, Client]:
    """By client, what follows from DaysLate; clients with an open invoice are left out."""
    late: dict[str, list[int]] = {}
    still_open = set()
    with ledger.open(newline="") as lines:
        for row in csv.DictReader(lines):
            days = late.setdefault(row["customerID"], [])
            if row["SettledDate"]:
                days.append(int(row["DaysLate"]))
            else:
                still_open.add(row["customerID"])
    return {
        client: Client(sum(day > 0 for day in days), max(days))
        for client, days in late.items()
        if client not in still_open
    }


def overdue_days(listing: Iterable[str]) -> dict[str, int]:
    """Overdue days by obligation, of a listing of paid ones."""
    lines = [json.loads(line) for line in listing]
    return {line["obligation_id"]: line["overdue_days"] for line in lines if line["outstanding"] == "0.00"}


def policy_of_years(folder: Path) -> Path:
    """The policy that ships with a window of three years: a ledger of 2012 to 2013 lies in it as a whole."""
    file = folder / "policy.yaml"
    text = default_policy_text()
    assert "window_days: 365 " in text
    file.write_text(text.replace("window_days: 365 ", "window_days: 1100 "), "utf-8")
    return file
