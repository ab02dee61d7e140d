"""The set-up cell, and going on where a cell would stop at an import: in the jail and in nbgrader's kernel alike."""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

MOST = 5
SET_UP = "import workshop\nfrom workshop import check\n\nsettings = workshop.setup()"
OURS = ("workshop", "backstage")
BODIES = (ast.If, ast.With, ast.For, ast.While)
IMPORT = re.compile(r"(import|from)\s")
LEFT_OUT = "{statement} was left out, since it ends in {error}"
HANDLER = "__import__({module!r}, fromlist=['x']).pass_over({statement!r})"


class PassOver(ast.NodeTransformer):
    """Wraps each import at the top of a cell, so that the cell goes on without it, at most MOST times a cell.

    What stands in functions, classes and `try` stays as it is. left_out: told of each import that was passed over.
    """

    def __init__(self, left_out: Callable[[str], Any]) -> None:
        self.left_out, self.count = left_out, 0

    def visit_Module(self, module: ast.Module) -> ast.Module:
        """Wrap the imports of a cell, and begin to count."""
        self.count = 0
        module.body = self._wrap_all(module.body)
        return ast.fix_missing_locations(module)

    def _wrap_all(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Return statements with their imports wrapped."""
        made: list[ast.stmt] = []
        for node in body:
            if isinstance(node, ast.Import):
                made += [_wrap(ast.copy_location(ast.Import([alias]), node)) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
                made.append(_wrap(node))
            else:
                for part in ("body", "orelse") if isinstance(node, BODIES) else ():
                    if hasattr(node, part):
                        setattr(node, part, self._wrap_all(getattr(node, part)))
                made.append(node)
        return made

    def pass_over(self, statement: str) -> None:
        """Note an import that ended in an error; raise that error again where there were too many."""
        error = sys.exc_info()[1]
        self.count += 1
        if self.count > MOST:
            raise error
        self.left_out(LEFT_OUT.format(statement=statement, error=describe(error)))


_current: list[PassOver] = []


def pass_over(statement: str) -> None:
    """Pass over an import: what wrapped cells call where one fails."""
    _current[-1].pass_over(statement)


def _wrap(node: ast.stmt) -> ast.Try:
    """Return an import that is passed over where it ends in an error."""
    handler = HANDLER.format(module=__name__, statement=ast.unparse(node))
    call = ast.Expr(ast.parse(handler, mode="eval").body)
    kinds = ast.parse("(Exception, SystemExit)", mode="eval").body
    wrapped = ast.Try([node], [ast.ExceptHandler(kinds, None, [call])], [], [])
    for part in ast.walk(wrapped):
        ast.copy_location(part, node)
    return wrapped


def describe(error: BaseException) -> str:
    """Return an error as one line: its type and what it says."""
    try:
        syntax = isinstance(error, SyntaxError) and error.lineno
        said = f"{error.msg} in its line {error.lineno}" if syntax else " ".join(str(error).split())
    except Exception:
        said = ""
    return f"{type(error).__name__}: {said}"[:300] if said else type(error).__name__


def install(shell: Any, left_out: Callable[[str], Any] = print) -> None:
    """Let a shell of IPython go on where a cell stops at an import."""
    made = PassOver(left_out)
    _current[:] = [made]
    shell.ast_transformers = [one for one in shell.ast_transformers if type(one).__name__ != "PassOver"] + [made]


def list_imports(cells: Iterable[tuple[str, bool]], transform: Callable[[str], str], lost: bool) -> list[str]:
    """Return the imports at the top of a notebook's cells, as cells of at most MOST, so that each can be passed over.

    They are run after the set-up, so that a cell that isn't run, or stops, takes no other cell's imports with it. Those
    of the workshop itself are left out: no answer needs them, and some of them are answers. cells: texts, and whether
    each is code; a text counts where it is a function. transform: what makes Python of a cell with magics. lost:
    whether a cell's text is gone, and with it, it may be, the import of numpy.
    """
    lines = ["import numpy as np"] if lost else []
    for source, code in cells:
        lines += _read_imports(source, code, transform)
    lines = [line for line in dict.fromkeys(lines) if line.split()[1].partition(".")[0] not in OURS]
    return ["\n".join(lines[start : start + MOST]) for start in range(0, len(lines), MOST)]


def _read_imports(source: str, code: bool, transform: Callable[[str], str]) -> list[str]:
    """Return the imports at the top of one cell, one name each; of a cell that is no Python, line by line."""
    if "import" not in source:
        return []
    try:
        body = ast.parse(transform(source)).body
    except Exception:
        return [found for line in source.splitlines() if IMPORT.match(line) for found in _parse(line)] if code else []
    if not code and not any(isinstance(node, ast.FunctionDef) for node in body):
        return []
    return [line for node in body for line in _split(node)]


def _parse(line: str) -> list[str]:
    """Return the imports of a line; none where it is no Python by itself."""
    try:
        return [found for node in ast.parse(line).body for found in _split(node)]
    except (SyntaxError, ValueError):
        return []


def _split(node: ast.stmt) -> list[str]:
    """Return an import as statements of one module each; none for other statements."""
    if isinstance(node, ast.Import):
        return [ast.unparse(ast.Import([alias])) for alias in node.names]
    own = isinstance(node, ast.ImportFrom) and node.module != "__future__"
    return [ast.unparse(node)] if own else []


def is_set_up(source: str) -> bool:
    """Tell whether a cell is a lesson's set-up."""
    return bool(re.search(r"\bworkshop\.setup\(", source))
