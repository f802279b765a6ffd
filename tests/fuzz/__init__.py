"""Bad input at scale: mutated records through the real rules, the fate of each counted (docs/fuzzing.md)."""
