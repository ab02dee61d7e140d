"""Make the notebooks from the lessons' one source."""

from backstage.lessons.notebooks import build_all, make_learner, make_solved
from backstage.lessons.source import Cell, checkout, read_functions, read_lesson

__all__ = ["Cell", "build_all", "checkout", "make_learner", "make_solved", "read_functions", "read_lesson"]
