"""`python -m streams.cli` is `stoplist`."""

from streams.cli.main import main

main()
