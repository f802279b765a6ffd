"""Torture: real workers, brokers and Redis killed, paused and restarted under load; then everything is proven."""
