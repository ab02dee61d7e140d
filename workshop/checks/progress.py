"""The scoreboard with the points that can be reached, which only the registry knows."""

from workshop.checks.registry import LESSONS, list_exercises
from workshop.score import table


def scoreboard() -> None:
    """Show the learner's rows beside the measured ones, predictions beside verdicts, points reached of possible."""
    table.scoreboard({one.id: one.points for lesson in LESSONS for one in list_exercises(lesson.stem)})
