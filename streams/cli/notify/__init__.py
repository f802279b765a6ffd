"""`stoplist notify`: tells endpoints of partners and of the company by webhook what is published."""
