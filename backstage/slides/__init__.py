"""Make slides of the lessons: one file each, which opens offline."""

from backstage.slides.make import make_slides

__all__ = ["make_slides"]
