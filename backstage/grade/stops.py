"""What a student reads where a function isn't there: what became of its cell, and what to do."""

import re

from backstage.grade.judge import Verdict

# What stopped a cell, its likely cause, and the next step.
STOPS = (
    (
        r"^$",
        "its cell was deleted, or the name is misspelt.",
        "write it under this name, run the whole notebook from the top, and hand it in again.",
    ),
    (
        r"ModuleNotFoundError|ImportError",
        "a library that isn't installed where notebooks are graded.",
        "do without it: no answer needs more than the workshop brings.",
    ),
    (
        r"EOFError|StdinNotImplementedError",
        "its cell asks a question with input(), and nobody answers while grading.",
        "take input() out of the cell, and hand it in again.",
    ),
    (
        r"non-printable character",
        "a character that looks like a blank or a quote and is none, often copied from a web page.",
        "delete the blanks of that line and type them anew.",
    ),
    (
        r"SyntaxError|IndentationError|TabError",
        "no Python can read its cell.",
        "run the cell: the message shows the place.",
    ),
    (
        r"was left out$|ran longer than",
        "its cell ends Python itself, or runs too long.",
        "run the cell by itself in a fresh notebook and see what it does; then hand it in again.",
    ),
    (
        r"begins as a demonstration",
        "its first line, `# demonstration …`, was left above the answer.",
        "move the function to a cell of its own.",
    ),
    (
        r"cell of text",
        "its cell was turned into text (the key M does that).",
        "turn it into code again (the key Y), run it, and hand it in again.",
    ),
    (
        r"stands for something else",
        "a later cell gives the name to a value.",
        "call that value something else, and hand it in again.",
    ),
)


def not_found(verdict: Verdict, why: str) -> Verdict:
    """Return the verdict on an exercise whose function isn't there. why: what stopped its cell, or ""."""
    exercise = verdict.exercise
    likely, step = explain_stop(why)
    return verdict.fail(
        f"not found: {why}" if why else "not found",
        f"{exercise.heading}: not found.\n"
        f"  Expected: a function {exercise.function} in one of the notebook's cells.\n"
        f"  Got:      {why or 'no cell that defines it'}.\n"
        f"  Likely:   {likely}\n"
        f"  Next:     {step}",
    )


def explain_stop(why: str) -> tuple[str, str]:
    """Return the likely cause and the next step for a cell that stopped."""
    for pattern, likely, step in STOPS:
        if re.search(pattern, why):
            return likely, step
    return (
        "its cell ends in this error before the function, or in it.",
        "mend that, choose Restart Kernel and Run All Cells, and hand it in again.",
    )
