"""Importance: what clients tell scopes, what scopes tell clients."""
