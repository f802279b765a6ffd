"""The demo and its simulated wholesaler."""
