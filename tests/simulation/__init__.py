"""The engine and the rules against a simulated broker, group and clock in one process, by seed (docs/simulation.md)."""
