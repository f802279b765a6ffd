"""Webhooks: signed, in order, told at least once, parked when an endpoint is dead."""
