"""From the runs of lesson 02 to rows, claims and bands."""
