"""Pages of companies that don't exist, and questions on them: what an adapter learns to read from."""

from studies.invented.tasks import ABSTAIN, ReadingPages, ReadingTask, make_reading_pages, make_reading_tasks

__all__ = ["ABSTAIN", "ReadingPages", "ReadingTask", "make_reading_pages", "make_reading_tasks"]
