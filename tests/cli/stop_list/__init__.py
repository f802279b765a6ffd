"""The stop list and the digest: on paper, in a spreadsheet, and for a warehouse's own program."""
