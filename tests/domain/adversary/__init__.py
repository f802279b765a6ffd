"""Histories made to find wrong outputs; expected values are worked out by hand from the rules."""
