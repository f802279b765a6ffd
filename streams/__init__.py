"""Stoplist: exact real-time credit control for wholesale companies."""
