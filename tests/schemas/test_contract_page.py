"""The page of the contract is fresh, and leads to every schema there is."""

import re

from schemas.contract_page import contract_page
from schemas.generate import GENERATED
from tests.harness.beside import CHECKOUT


def test_the_page_is_fresh() -> None:
    page = CHECKOUT / "docs/contract.md"
    assert page.read_text("utf-8") == contract_page(), "python -m schemas.contract_page > docs/contract.md"


def test_it_leads_to_every_schema_once() -> None:
    linked = re.findall(r"\(\.\./schemas/generated/([^)]+)\)", contract_page())
    assert sorted(linked) == sorted(path.name for path in GENERATED.iterdir())
