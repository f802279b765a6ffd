"""Data that may lie beside the checkout but is no part of it."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
"""The folder that holds pyproject.toml."""


def shared_path(name: str) -> Path | None:
    """`name` within a folder `shared` beside the checkout, or None where that does not exist."""
    path = CHECKOUT.parent / "shared" / name
    return path if path.exists() else None
