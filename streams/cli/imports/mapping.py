"""The mapping file of a CSV: which column is what, and how its dates and decimals are written."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.wording import in_words
from streams.cli.failure import Failure
from streams.cli.imports.cells import DATE_FORMS

NEEDED: Final = {
    "payment.received": ("amount", "value_date"),
    "shipment.dispatched": ("amount", "number", "date"),
}
"""Columns without which no event of the kind can be made."""
FACTS: Final = ("number", "date", "amount", "value_date", "due_date", "currency", "payer_account")
PARTY: Final = ("client_id", "code", "guid", "inn", "kpp", "account", "name")


class Mapping(BaseModel):
    """What a clerk writes once for a bank or a program."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)

    kind: Literal["payment.received", "shipment.dispatched"]
    """What a line stands for."""
    columns: dict[str, str]
    """By our names (number, date, amount, value_date, due_date, currency, client_id, code, guid, inn, kpp, account,
    name), the names in the first line of the file."""
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ""
    """Empty: found by the first line."""
    encoding: Literal["", "utf-8", "windows-1251", "cp866", "utf-16"] = ""
    """Empty: found by the file."""
    header_line: Annotated[int, Field(ge=1, le=1000)] = 1
    """The line with the names of the columns; what stands above is not read."""
    dates: Literal["", "DD.MM.YYYY", "DD.MM.YY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "YYYY-MM-DD"] = ""
    """Empty: 2026-03-01 or 01.03.2026."""
    decimal: Literal["", ",", "."] = ""
    """Empty: found by each amount; 1,234 is then not guessed."""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    """Of lines without one; empty: the policy's."""
    source: Annotated[str, Field(max_length=64)] = ""
    """Whose file it is: documents of two sources never have one id, whatever their numbers."""
    payment_term_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """Of shipments without a due date."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        known = (*FACTS, *PARTY)
        for name in self.columns:
            if name not in known:
                raise ValueError(f"columns.{name} is none of {', '.join(known)}")
        for name in NEEDED[self.kind]:
            if name not in self.columns:
                raise ValueError(f"columns.{name} is missing; {self.kind} needs it")
        if not any(name in self.columns for name in PARTY):
            raise ValueError(f"columns names no client; map one of {', '.join(PARTY)}")
        return self


assert set(DATE_FORMS) <= set(Mapping.model_fields["dates"].annotation.__args__)  # type: ignore[union-attr]


def read_mapping(path: Path) -> Mapping:
    """The mapping of a file; raises Failure naming the field and the remedy."""
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise Failure(f"{path}: cannot be read ({error.strerror}); name a mapping file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: is no YAML ({' '.join(str(error).split())}); see stoplist import --explain") from None
    if not isinstance(found, dict):
        raise Failure(f"{path}: is no mapping; let stoplist import --explain FILE propose one")
    try:
        return Mapping.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        said = in_words(first).removeprefix("Value error, ")
        raise Failure(f"{path}: {field + ': ' if field else ''}{said}") from None
