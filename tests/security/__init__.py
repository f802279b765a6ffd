"""A broker with TLS, names and access lists: who may do what, and that our own programs get along with it."""
