"""The measurements behind the lessons' figures: `python -m studies`."""
