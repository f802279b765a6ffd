"""The command `stoplist`."""
