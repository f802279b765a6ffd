"""Who may not be shipped to: for a warehouse's program, on paper, and what happened on a day."""

from streams.cli.stop_list.reader import Answer, StopList

__all__ = ["Answer", "StopList"]
