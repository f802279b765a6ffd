"""Keeps the read model in Redis from the topics that workers publish."""
