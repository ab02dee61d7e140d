"""Imports go one way, and `import workshop` stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "workshop"
ORDER = (
    *("errors", "settings", "data", "models", "vectors", "encode", "classify"),
    *("tune", "search", "bot", "score", "plots", "widgets", "checks"),
)
ON_TOP = ("build", "cli", "course", "doctor", "grade", "lab", "measure", "serve", "slides")
# The package itself gives `setup` and, lazily, `check`.
ROOT_MAY_USE = {"settings", "checks"}
IMPORT_SECONDS = 0.15
HEAVY = ("torch", "gensim", "matplotlib", "transformers", "sklearn", "scipy", "IPython")


def part_of(path: Path) -> str:
    """Return the part of the package that a file belongs to: its first folder or its own name."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def imported_parts(source: str, module: str) -> set[tuple[str, int]]:
    """Return the parts of the package that a source imports, wherever in it, with the line of each."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*module.split(".")[: -node.level or None], base]).rstrip(".")
            names = [f"{base}.{alias.name}" if base == "workshop" else base for alias in node.names]
        elif (
            isinstance(node, ast.Call) and node.args and _name(node.func) in ("import_module", "require", "__import__")
        ):
            names = [node.args[0].value] if isinstance(node.args[0], ast.Constant) else []
        else:
            continue
        found |= {(name.split(".")[1], node.lineno) for name in names if str(name).startswith("workshop.")}
    return found


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def may_import(part: str, other: str) -> bool:
    """Tell whether a part may import another one."""
    if part == other:
        return True
    if part == "__init__":
        return other in ROOT_MAY_USE
    if part in ON_TOP:
        return True
    return other in ORDER and ORDER.index(other) < ORDER.index(part)


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(PACKAGE).as_posix() for path in FILES])
def test_imports_go_one_way(path):
    part = part_of(path)
    assert part in (*ORDER, *ON_TOP, "__init__"), f"workshop/{part} has no place in the order of layers"
    module = ".".join(["workshop", *path.relative_to(PACKAGE).with_suffix("").parts])
    wrong = [
        f"line {line}: workshop.{other}"
        for other, line in sorted(imported_parts(path.read_text(encoding="utf-8"), module))
        if other in (*ORDER, *ON_TOP) and not may_import(part, other)
    ]
    assert not wrong, f"workshop/{path.relative_to(PACKAGE)} imports from its right: {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("import workshop.checks.ask", "workshop.data.x", {"checks"}),
        ("from workshop.checks import check", "workshop.data.x", {"checks"}),
        ("from workshop import checks", "workshop.data.x", {"checks"}),
        ("def f():\n    from workshop.bot import build_prompt", "workshop.data.x", {"bot"}),
        ("import importlib\nimportlib.import_module('workshop.tune')", "workshop.data.x", {"tune"}),
        ("from ..checks import check", "workshop.data.x", {"checks"}),
        ("from .. import checks", "workshop.data.x", {"checks"}),
        ("import numpy", "workshop.data.x", set()),
    ],
)
def test_walker_finds_every_kind_of_import(source, module, expected):
    assert {part for part, _ in imported_parts(source, module)} == expected


def test_order_is_judged_from_left_to_right():
    assert may_import("checks", "errors")
    assert may_import("cli", "checks")
    assert not may_import("errors", "checks")
    assert not may_import("checks", "build")
    assert not may_import("__init__", "bot")


def test_import_is_light():
    code = (
        "import sys, time; start = time.perf_counter(); import workshop; "
        f"print(time.perf_counter() - start, *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(5)
    ]
    assert all(loaded == [] for _, *loaded in runs), f"import workshop loads {runs[0][1:]}"
    # The best of several fresh processes: the others measure what else the machine is doing.
    assert min(float(seconds) for seconds, *_ in runs) < IMPORT_SECONDS
