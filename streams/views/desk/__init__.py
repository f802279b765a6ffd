"""What the page shows of all clients together, and of one client through time."""
