"""What usually lies behind an error: by its text, else by its type."""

import re

from workshop.checks.protocol import Reply

SIGNATURE, LONGEST = 80, 2000
TEXTS = (
    (
        r"The truth value of an array",
        "`if`, `and`, min() or max() decides once, but here stands an array of many numbers.",
        "decide for each number: in a loop, or with a function of numpy.",
    ),
    (
        r"could not be broadcast",
        "two arrays whose shapes don't fit are combined number by number.",
        "print both shapes just before that line; which one must be turned, or keep an axis of length 1?",
    ),
    (
        r"matmul: |not aligned",
        "two arrays are multiplied whose shapes don't fit in this order.",
        "print both shapes; the last axis of the first must be as long as the one it meets in the second.",
    ),
    (
        r"only (0-dimensional|size-1|length-1) arrays|must be real number, not",
        "a function for one number, as in math, is given a whole array.",
        "use numpy's function of that name, or call it for each number in a loop.",
    ),
    (
        r"not in list",
        "a value is looked up with index() in a list that doesn't hold it.",
        "ask first whether it is `in` the list.",
    ),
    (
        r"'NoneType' object",
        "None is used as if it were a value: append(), sort() and print() return nothing.",
        "write such a call on a line of its own, without `x =` before it.",
    ),
    (
        r"takes \d+ positional argument|missing \d+ required positional",
        "the function takes other arguments than the card gives.",
        "keep the first line of the function as it was in the stub.",
    ),
)
TYPES = {
    "NameError": "a name is misspelt, or a library is used without importing it.",
    "IndexError": "an index runs past the end; look at the first and the last step of the loop.",
    "KeyError": "a key is looked up that may be missing, such as an unknown word.",
    "ZeroDivisionError": "a division by zero: an empty input, or a sum or length that is 0.",
    "RecursionError": "the function calls itself without an end.",
    "SystemExit": "exit() or quit() is called; a function hands back its result with `return`.",
    "ModuleNotFoundError": "a library that is not installed, or a misspelt name.",
}
OTHER = "the error text says what Python could not do at that line."


def find_cause(reply: Reply) -> tuple[str, str]:
    """Return the likely cause of a reply's error, and a next step (empty where there is none but to read it)."""
    for pattern, cause, step in TEXTS:
        if re.search(pattern, read_text(reply)):
            return cause, step
    return TYPES.get(reply.error_type, OTHER), ""


def same_error(one: Reply, other: Reply) -> bool:
    """Tell whether two errors are of one kind: the same type and, names and numbers aside, the same text.

    Divisions by zero count as one, since Python words them by the type of the numbers.
    """
    if one.error_type != other.error_type:
        return False
    return one.error_type == "ZeroDivisionError" or sign_error(one) == sign_error(other)


def sign_error(reply: Reply) -> str:
    """Return the beginning of an error's text with a sign for each quoted name and each number."""
    quoted = re.sub(r"'[^']*'|\"[^\"]*\"", "q", read_text(reply))
    return re.sub(r"\d+", "0", quoted)[:SIGNATURE].strip()


def read_text(reply: Reply) -> str:
    """Return an error's own text: without its type, and without the line that it came from."""
    text = reply.error_text[:LONGEST].removeprefix(f"{reply.error_type}:").strip()
    return text.partition("  (at: ")[0].strip()
