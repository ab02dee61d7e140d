"""Where graded notebooks of courses made before look for their hidden tests."""

from backstage.hidden import run

__all__ = ["run"]
