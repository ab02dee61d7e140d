"""An answer that knows the inputs of the visible check and no others."""

from workshop.checks import run_check
from workshop.checks.protocol import Reply
from workshop.checks.registry import find_exercise
from workshop.exercises.start_here import count_words


def know_by_heart():
    """Return the source of such an answer to exercise 0.1."""
    seen = {}

    def remember(text):
        seen[text] = count_words(text)
        return Reply(seen[text])

    run_check(find_exercise("0.1"), remember)
    return f"def count_words(text):\n    return {seen!r}.get(text, {{}})"
