"""Files of other programs become events."""
