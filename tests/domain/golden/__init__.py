"""States as each version of the program wrote them, and what must be read in them: `test_golden.py`."""
