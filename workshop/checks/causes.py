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
        r"'NoneType'",
        "None is used as if it were a value: append(), sort() and print() return nothing.",
        "write such a call on a line of its own, without `x =` before it.",
    ),
    (
        r"^\S+\(\) (takes \d+ positional argument|missing \d+ required positional)",
        "a function is called with more or fewer arguments than it takes: yours, or one that you use.",
        "keep the first line of yours as it was in the stub; of another one, read what its arguments mean.",
    ),
    (
        r"expected \d+ arguments?, got|missing (\d+|a) required|takes (exactly|at least|at most|no|from)|"
        r"expected at (least|most) \d+|invalid number of arguments|not enough arguments|"
        r"(required|either both|nor neither).*(argument|given)|unexpected keyword",
        "a function is called with too few, too many or unknown arguments.",
        "look up which arguments the function at that line takes, and in which order.",
    ),
    (
        r"not enough values to unpack|too many values to unpack|cannot unpack",
        "one value is taken apart into several names, and the numbers don't fit.",
        "print the value: how many parts has it? enumerate() gives a place and an item.",
    ),
    (
        r"object is not iterable|argument of type .* is not iterable|is not a container",
        "a loop or `in` goes through a single number or None, where it needs a list, a text or range().",
        "print what stands after `in`; for a number n of rounds write range(n).",
    ),
    (
        r"cannot be interpreted as an integer|indices must be integers|only integers, slices|only integer scalar",
        "a place or a count must be a whole number, and something else stands there: a list, a text, a float.",
        "print what stands in the brackets: is it the thing itself, its length len(…), or its place?",
    ),
    (
        r"arrays used as indices must be of integer",
        "an array of floats is used as places; an empty array is one of floats, unless it is told otherwise.",
        "write dtype=int where the array is made, or keep the places in a list.",
    ),
    (
        r"unsupported operand type|bad operand type|can only concatenate|must be str, not|not supported between|"
        r"cannot perform reduce|did not contain a loop|ufunc .* not supported|can't multiply sequence",
        "two values of kinds that don't go together are added, multiplied or compared.",
        "print type() of both sides just before that line.",
    ),
    (
        r"has no attribute",
        "the value at that line is of another kind than the method or attribute needs.",
        "",
    ),
    (
        r"object is not callable|object is not subscriptable|does not support item assignment|is not subscriptable",
        "round brackets call a function and square ones pick an item: here the value allows neither.",
        "print type() of what stands before the bracket.",
    ),
    (
        r"unhashable type",
        "a list or an array is used as a key of a dict or an item of a set.",
        "use a tuple, a text or a number there.",
    ),
    (
        r"axis .* out of bounds|too many indices|too many axes",
        "an axis is named that the array hasn't: axes are counted from 0.",
        "print the shape just before that line.",
    ),
    (
        r"inhomogeneous|setting an array element with a sequence",
        "lists of different lengths, or an array, are put where one number belongs.",
        "print the lengths of what you put together.",
    ),
    (
        r"(all|both|array) .*(same|equal) (length|size|shape|number)|must match|different lengths|is (shorter|longer)",
        "two lists that belong together differ in length.",
        "print both lengths just before that line.",
    ),
    (
        r"cannot convert float (NaN|infinity)|math (domain|range) error",
        "a number is outside of what the function knows: infinite, not a number, or negative.",
        "print it just before that line.",
    ),
    (
        r"empty (sequence|iterable)|of an empty|zero-size array|no identity|arg is an empty",
        "a largest, smallest or first is asked of nothing: the list is empty.",
        "give an empty input its own answer, or look at why nothing is left.",
    ),
    (
        r"could not convert string|invalid literal",
        "a text is read as a number and isn't one.",
        "print it just before that line.",
    ),
)
TYPES = {
    "NameError": "a name is misspelt, or a library is used without importing it.",
    "IndexError": "an index points past the end: a loop goes one too far, or numbers are used as places that are none.",
    "KeyError": "a key is looked up that may be missing, such as an unknown word.",
    "ZeroDivisionError": "a division by zero: an empty input, or a sum or length that is 0.",
    "RecursionError": "the function calls itself without an end.",
    "SystemExit": "exit() or quit() is called; a function hands back its result with `return`.",
    "ModuleNotFoundError": "a library that is not installed, or a misspelt name.",
    "UnboundLocalError": "a variable is used before it has a value: it gets one only in a branch or a loop not taken.",
    "AssertionError": "an assert of your own doesn't hold.",
    "MemoryError": "far too much is made at once.",
    "OverflowError": "a number grows beyond all bounds: a power or exp() of something large.",
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
