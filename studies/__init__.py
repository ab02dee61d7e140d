"""The measurements behind the figures of the lessons."""
