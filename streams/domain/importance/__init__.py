"""Importance of clients (source: table row 6): a fold of its own, keyed by scope, fed with the clients' turnover."""
