"""How long decisions pause when workers restart, die or stop under load: `make restarts` (docs/operate.md)."""
