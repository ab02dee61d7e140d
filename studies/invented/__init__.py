"""Pages of companies that don't exist, and questions on them: what an adapter learns to read from."""

from studies.invented.tasks import ABSTAIN, ReadingTask, make_reading_tasks

__all__ = ["ABSTAIN", "ReadingTask", "make_reading_tasks"]
