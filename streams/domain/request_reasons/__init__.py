"""Reasons to refuse one request and leave the client as it is, one module a reason; `table.py` lists them in order."""
