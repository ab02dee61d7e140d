"""Make an nbgrader course of the lessons."""

from workshop.course.make import Course, make_course

__all__ = ["Course", "make_course"]
