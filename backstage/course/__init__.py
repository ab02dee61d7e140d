"""Make an nbgrader course of the lessons."""

from backstage.course.make import Course, make_course

__all__ = ["Course", "make_course"]
