"""Digests that change when code does something else, and stay when it is moved, reformatted or explained better."""

import ast
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from workshop.errors import WorkshopError

OURS = ("workshop", "backstage", "studies")
CODE = ".py"
FIRST_LINE_IS_TEXT = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# What a parser notes beside the meaning: where a name stands (load, store), how a text was written (u"").
NOTES = ("ctx", "kind", "type_comment", "type_ignores")


def hash_code(source: str) -> str:
    """Return the SHA-256 of what Python source does, the same on every tested version of Python.

    Comments, docstrings, layout, the order of imports and the modules that our own names are imported from don't count.
    Raises WorkshopError where the source is not Python.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise WorkshopError(f"can't read the code to hash, line {error.lineno}: {error.msg}. Mend it first.") from None
    return hashlib.sha256("\n".join(_walk(tree)).encode()).hexdigest()


def hash_input(path: Path) -> str:
    """Return the SHA-256 of a file or a folder: code by what it does, data by its bytes.

    Line ends count as one newline, so that a checkout on Windows gives the same. Of a folder, the names below it count
    too. Raises WorkshopError where the path is missing.
    """
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        lines = (f"{one.relative_to(path).as_posix()} {hash_input(one)}" for one in inside)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    if not path.is_file():
        raise WorkshopError(f"{path} is an input of a measurement and is missing. Put it back, or name its new place.")
    if path.suffix == CODE:
        return hash_code(path.read_text(encoding="utf-8"))
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _walk(node: ast.AST) -> Iterator[str]:
    """Yield a node and everything below it, a line each, without what doesn't count."""
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        if name in NOTES or value is None or value == []:
            continue
        yield f".{name}"
        if isinstance(node, ast.JoinedStr) and name == "values":
            value = _join_constants(value)
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield from _walk_body(value, has_docstring=name == "body" and isinstance(node, FIRST_LINE_IS_TEXT))
        elif isinstance(value, list):
            for one in value:
                yield from _walk(one) if isinstance(one, ast.AST) else [repr(one)]
        else:
            yield from _walk(value) if isinstance(value, ast.AST) else [f"{type(value).__name__} {value!r}"]
    yield "end"


def _walk_body(body: list[ast.stmt], has_docstring: bool) -> Iterator[str]:
    """Yield the lines of a list of statements: what it imports, sorted, then the rest in order."""
    if has_docstring and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:] if isinstance(body[0].value.value, str) else body
    yield from sorted({line for node in body for line in list_imports(node)})
    for node in body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            yield from _walk(node)


def list_imports(node: ast.stmt) -> list[str]:
    """Return what a statement imports, a line a name; of our own modules only the name counts, not where it lies."""
    if isinstance(node, ast.Import):
        return [f"import {'ours' if is_ours(one.name) else one.name} as {one.asname}" for one in node.names]
    if isinstance(node, ast.ImportFrom):
        module = "ours" if node.level or is_ours(node.module or "") else node.module
        return [f"from {module} import {one.name} as {one.asname}" for one in node.names]
    return []


def is_ours(module: str) -> bool:
    """Tell whether a dotted name lies in one of the project's packages."""
    return module.partition(".")[0] in OURS


def _join_constants(parts: Iterable[ast.expr]) -> list[ast.expr]:
    """Return an f-string's parts with neighbouring texts joined: versions of Python cut them differently."""
    joined: list[ast.expr] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, ast.Constant) and isinstance(last, ast.Constant):
            joined[-1] = ast.Constant(last.value + part.value)
        elif not (isinstance(part, ast.Constant) and part.value == ""):
            joined.append(part)
    return joined


def list_imported(roots: Iterable[Path], home: Path) -> list[Path]:
    """Return files of ours and every file of ours that they import, directly or not, sorted.

    roots: files, or folders of which every file counts. home: the folder that our packages lie in. Imports inside
    functions count, and so does what runs because a package is imported: its __init__.py.
    """
    waiting = [path for root in roots for path in (sorted(root.rglob("*.py")) if root.is_dir() else [root])]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            waiting += [file for name in list_modules(tree, path, home) for file in _find_module(name, home)]
    return sorted(found)


def list_modules(tree: ast.AST, path: Path, home: Path) -> list[str]:
    """Return the dotted names of ours that a file's imports may mean, with those that are loaded by their name."""
    package = path.relative_to(home).parent.parts
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            names += [base, *(f"{base}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in ("import_module", "require", "__import__"):
                names.append(str(node.args[0].value))
    return [name for name in names if is_ours(name)]


def _find_module(name: str, home: Path) -> list[Path]:
    """Return the files that importing a module runs: the packages above it, and its own where it is one."""
    parts = name.split(".")
    places = [home.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    return [path for path in [*places, home.joinpath(*parts).with_suffix(".py")] if path.is_file()]
