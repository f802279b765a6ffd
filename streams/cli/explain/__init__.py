"""`stoplist explain`: the story of one client, folded again from its records."""
