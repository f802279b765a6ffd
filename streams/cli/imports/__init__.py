"""`stoplist import` of files as other programs write them: bank statements, shipments, tables."""
