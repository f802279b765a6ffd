"""`stoplist dead-letters`: lists the records that were rejected, shows one whole, sends some of them again."""
