"""What makes Faust fast and exact; generic in the fold, knows no rule."""
