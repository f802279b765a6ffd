"""Replay as proof: what the journal says was folded is folded again and compared with what was published and kept."""
