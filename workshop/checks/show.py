"""Show a check's result: a box in a notebook, text elsewhere. Nothing goes to standard error."""

import html

from workshop.checks.registry import Exercise
from workshop.errors import NotYet
from workshop.score.output import in_notebook, show_bundle

COLOURS = {"passed": "#009E73", "not yet": "#D55E00", "note": "#0072B2"}
BOX = (
    '<div role="status" style="border-left:6px solid {colour};padding:6px 12px;margin:4px 0;'
    'background:rgba(127,127,127,0.10)"><b style="color:{colour}">{mark}</b>'
    '<pre style="margin:4px 0 0;white-space:pre-wrap;word-break:normal;background:transparent">{text}</pre></div>'
)
MARKS = {"passed": "✔ passed", "not yet": "✘ not yet", "note": "note"}


def show(kind: str, text: str) -> None:
    """Show a text in a box with its kind in words and colour, or print it outside notebooks."""
    box = BOX.format(colour=COLOURS[kind], mark=MARKS[kind], text=html.escape(text))
    show_bundle({"text/html": box, "text/plain": text})


def show_pass(exercise: Exercise) -> None:
    """Show that an exercise passed and what it gives."""
    unit = "point" if exercise.points == 1 else "points"
    show("passed", f"{exercise.heading}: passed ({exercise.points} {unit})")


def show_failure(problem: NotYet) -> None:
    """Show the diagnosis in a notebook; elsewhere the error that follows shows it."""
    if in_notebook():
        show("not yet", str(problem))
        problem.shown = True


def show_note(text: str) -> None:
    """Show a remark."""
    show("note", text)
