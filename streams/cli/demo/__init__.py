"""`stoplist demo`: everything at work, from an embedded broker to a live view."""
