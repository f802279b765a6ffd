"""Stop conditions, one module a reason of the rules' table; `table.py` lists them in its order."""
