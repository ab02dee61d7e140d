"""A class of students as classes are: some solve all, some nothing, most a part, with small mistakes."""

import random

from backstage.lessons.notebooks import make_learner, make_solved
from backstage.lessons.source import read_functions
from studies.mutation.mutants import make_mutants
from workshop.checks.registry import list_exercises

SOLVED, WRONG = 0.6, 0.8
MUTANTS = 8


def make_class(stem: str, count: int, seed: int = 0) -> dict[str, dict]:
    """Return so many submissions of a lesson by student: one solved, one as released, the rest mixed.

    Of a mixed one, each exercise is solved (six in ten), has a small mistake (two in ten), or isn't written.
    """
    draw, functions = random.Random(seed), read_functions(stem)
    mistakes = {id: [mutant.source for mutant in make_mutants(text, MUTANTS, seed)] for id, text in functions.items()}
    made = {"student00": make_solved(stem), "student01": make_learner(stem)}
    for number in range(2, count):
        notebook = make_learner(stem)
        for exercise in list_exercises(stem):
            chance, cell = draw.random(), _find(notebook, exercise.function)
            if chance < WRONG:
                cell["source"] = functions[exercise.id] if chance < SOLVED else draw.choice(mistakes[exercise.id])
        made[f"student{number:02d}"] = notebook
    return dict(list(made.items())[:count])


def _find(notebook: dict, function: str) -> dict:
    """Return the cell that defines a function."""
    return next(cell for cell in notebook["cells"] if f"def {function}(" in "".join(cell["source"]))
