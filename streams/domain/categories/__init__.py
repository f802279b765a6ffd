"""Categories of a client as they are published, one module a dimension; `table.py` lists them in order."""
