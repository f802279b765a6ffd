"""`python -m streams.cli` is `stoplist`."""

from streams.cli.start import main

main()
