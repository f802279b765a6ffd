"""Runs `stoplist import` in a folder of its own and reads what it wrote."""

import json
from pathlib import Path
from typing import Any

from streams.cli.main import run
from tests.harness.packaged import SAMPLES

CLIENTS = SAMPLES / "clients.csv"


class Desk:
    """A clerk's folder with a policy in roubles; every import writes a history."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.policy = folder / "policy.yaml"
        self.policy.write_text("version: 1\ncurrency: RUB\n")
        self.unmatched = folder / "unmatched.csv"
        self.code = 0

    def file(self, name: str, content: bytes | str) -> Path:
        """Lays a file into the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(self, file: Path, *options: str, remember: bool = True) -> list[dict[str, Any]]:
        """The events that an import of this file wrote, each with its topic; the exit code is in `code`."""
        out = self.folder / "out.jsonl"
        register = ["--register", str(self.folder / "register.sqlite")] if remember else []
        self.code = run(
            [
                *("import", str(file), "--clients", str(CLIENTS), "--unmatched", str(self.unmatched)),
                *("--policy", str(self.policy), "--history", str(out), *register, *options),
            ]
        )
        lines = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        return [line["value"] for line in lines]


def statement(*documents: dict[str, str], own: str = "40702810100000000017", end: bool = True) -> bytes:
    """A 1C statement in windows-1251; a document's keys are 1C's, its section's kind a payment order."""
    usual = {
        "Номер": "78",
        "Дата": "02.03.2026",
        "Сумма": "100.00",
        "ПлательщикСчет": "40702810500000000501",
        "ПлательщикИНН": "7701000014",
        "ПолучательСчет": own,
        "ДатаПоступило": "03.03.2026",
    }
    lines = ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows", f"РасчСчет={own}"]
    for document in documents:
        lines.append("СекцияДокумент=Платежное поручение")
        lines += [f"{key}={text}" for key, text in {**usual, **document}.items()]
        lines.append("КонецДокумента")
    lines += ["КонецФайла"] if end else []
    return "\r\n".join([*lines, ""]).encode("cp1251")
