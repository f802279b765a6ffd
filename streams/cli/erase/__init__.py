"""`stoplist erase`: a client's name goes; what remains, where and until when, is said."""
