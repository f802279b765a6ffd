"""The rules: pure, deterministic, one module a rule of the source."""
