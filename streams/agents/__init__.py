"""Thin: topics bound to a fold through the engine."""
