"""Answers that are lines of JSON: each line counts by its value, and the first that differs is judged."""

import json
import re
from dataclasses import replace
from typing import Any

from workshop.checks.mistakes import Rule
from workshop.checks.slips import TEXT

# What a turn of a chat says, in JSON as json.dumps writes it.
_CONTENT = re.compile(r'(?<="content": )"([^"\\]|\\.)*"')


def read_lines(text: str) -> list[Any]:
    """Return the JSON value of each line, alone in a tuple; a line that is none stays a text, without blanks."""
    values = []
    for line in text.rstrip().split("\n"):
        try:
            values.append((json.loads(line),))
        except (ValueError, RecursionError):
            values.append("".join(line.split()))
    return values


class SameLines(Rule):
    """Two texts are one where each line holds the same JSON value; blank lines at the end don't count."""

    def same(self, got: object, want: object) -> bool:
        """Tell whether two texts hold the same lines; other values are compared as everywhere."""
        texts = isinstance(got, str) and isinstance(want, str)
        return read_lines(got) == read_lines(want) if texts else super().same(got, want)


def judge_line(case: Any) -> tuple[str, str]:
    """Return what is wrong with the first line that isn't as wanted, and what to do."""
    got, want = read_lines(case.got), read_lines(case.want)
    row, line = next((row, one) for row, one in enumerate(got) if one not in want[row : row + 1])
    if isinstance(line, str):
        return f"line {row + 1} is no JSON.", "json.loads() of it says where. Let json.dumps() write it."
    forms = [_CONTENT.sub("", json.dumps(one)) for one in (line, *want[row : row + 1])]
    if forms[0] in forms[1:]:
        return f"line {row + 1} holds other texts than its row.", "leave texts as they are: no strip(), no replace()."
    return f"line {row + 1} is JSON, but another object.", "compare its keys and roles with the card's example."


JSON_LINES = replace(TEXT, rule=SameLines(), relations=(judge_line,))
