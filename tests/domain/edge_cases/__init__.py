"""The edge cases of the rules, each through the fold; expected values are worked out by hand."""
