"""Texts and instants as a page shows them; anybody may have written a text."""


def moment(instant: str) -> str:
    """`2026-03-01 12:00`, in the company's zone as published."""
    return instant[:16].replace("T", " ")


def clean(text: str) -> str:
    """On one line, without control characters."""
    return "".join(character if character.isprintable() else " " for character in " ".join(text.split()))
