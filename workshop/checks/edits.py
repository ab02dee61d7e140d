"""Mistakes as edits of a reference: one piece of its text is replaced, and what comes of it is compiled once.

A specification is a tuple that ends with the likely cause and the next step. Before them stand

- a piece and its replacement: `("longest + 1", "longest", likely, next)`;
- or a tuple of several pieces, each with its replacement behind it, which are edited together;
- or a function that takes the exercise's arguments, where no edit says it;
- or a list of such ways (functions and tuples), where several lead to the same.

A piece must occur exactly once in the body of the reference: docstring, signature and decorators are left alone.
"""

import ast
import functools
import inspect
import itertools
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from workshop.checks.mistakes import Mistake

Pieces = tuple[tuple[str, str], ...]


def make_mistake(reference: Callable[..., Any], spec: Sequence[Any]) -> list[Mistake]:
    """Return the mistakes of a specification, one for each way. Raises ValueError for one that can't be made."""
    *ways, likely, step = spec
    if isinstance(ways[0], list):
        ways = ways[0]
    elif isinstance(ways[0], str):
        ways = [tuple(ways)]
    made = []
    for way in ways:
        pieces = () if callable(way) else tuple(zip(way[::2], way[1::2], strict=True))
        made.append(Mistake(edit(reference, pieces) if pieces else way, likely, step, pieces))
    return made


def edit(reference: Callable[..., Any], pieces: Pieces) -> Callable[..., Any]:
    """Return a function that is the reference with some pieces of its body replaced.

    Raises ValueError where a piece doesn't occur exactly once, where two overlap, and where no Python comes out.
    """
    head, body = split_source(reference)
    text = head + replace_pieces(body, pieces, reference.__name__)
    try:
        # From the text, not from a tree: Python 3.11 can't make trees in several of the grader's threads at a time.
        code = compile(text, f"<edit of {reference.__name__}>", "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ValueError(f"an edit of {reference.__name__} is no Python: {error.msg}\n{text}") from None
    namespace: dict[str, Any] = {}
    exec(code, reference.__globals__, namespace)
    return namespace[reference.__name__]


@functools.cache
def split_source(reference: Callable[..., Any]) -> tuple[str, str]:
    """Return a function's head, without decorators and annotations, and its body, without the docstring."""
    text = textwrap.dedent(inspect.getsource(reference))
    node = ast.parse(text).body[0]
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    lines = text.splitlines(keepends=True)
    place = sum(map(len, lines[: body[0].lineno - 1]))
    arguments = node.args
    for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
        if one is not None:
            one.annotation = None
    return f"def {node.name}({ast.unparse(arguments)}):\n", text[place:]


def replace_pieces(body: str, pieces: Pieces, name: str) -> str:
    """Return the body with every piece replaced, all of them found in the text as it was."""
    places = []
    for old, new in pieces:
        if body.count(old) != 1:
            raise ValueError(
                f"{old!r} occurs {body.count(old)} times in the body of {name}; an edit needs exactly one."
            )
        places.append((body.index(old), old, new))
    places.sort(reverse=True)
    for (start, _, _), (before, old, _) in itertools.pairwise(places):
        if before + len(old) > start:
            raise ValueError(f"two edits of {name} overlap: {old!r} and what follows.")
    for start, old, new in places:
        body = body[:start] + new + body[start + len(old) :]
    return body


def join(reference: Callable[..., Any], one: Mistake, other: Mistake) -> Callable[..., Any] | None:
    """Return the reference with the edits of two mistakes; None where these aren't edits, or touch the same place."""
    if not (one.pieces and other.pieces):
        return None
    try:
        return edit(reference, one.pieces + other.pieces)
    except ValueError:
        return None
