"""What docs/deploy.md says that a client takes in Redis; a test holds Redis to it, another the deployment."""

import re

from tests.harness.beside import CHECKOUT


def said_bytes_per_client() -> int:
    """After 120 days."""
    page = (CHECKOUT / "docs/deploy.md").read_text("utf-8")
    found = re.search(r"status and up to 200 events: ([0-9,]+) bytes after 120 days", page)
    assert found
    return int(found[1].replace(",", ""))
