"""Small changes to a function, one at a time: what a check should notice."""

import ast
import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "minimum": "maximum",
    "maximum": "minimum",
    "sum": "max",
    "mean": "sum",
    "zeros": "ones",
    "ones": "zeros",
    "log": "exp",
    "exp": "log",
    "sqrt": "abs",
    "lower": "upper",
    "append": "extend",
    "all": "any",
    "any": "all",
}


@dataclass(frozen=True)
class Mutant:
    """A changed function. change: "line 3: a + b -> a - b"; source: the whole cell."""

    change: str
    source: str


def make_mutants(source: str, most: int = 25, seed: int = 0) -> list[Mutant]:
    """Return different small changes of a function's cell, chosen by the seed where there are more than `most`."""
    tree = ast.parse(source)
    original, found = ast.unparse(tree), {}
    for path, node in _walk(tree):
        for changed in _changes(node):
            mutated = _replace(tree, path, changed)
            try:
                text = ast.unparse(ast.fix_missing_locations(mutated))
                compile(text, "<mutant>", "exec")
            except (SyntaxError, ValueError):
                continue
            if text != original:
                after = ast.unparse(changed) if not isinstance(changed, ast.Pass) else "nothing"
                found.setdefault(text, f"line {node.lineno}: {ast.unparse(node)} -> {after}")
    mutants = [Mutant(change, text) for text, change in found.items()]
    return sorted(random.Random(seed).sample(mutants, min(most, len(mutants))), key=lambda mutant: mutant.change)


def _walk(tree: ast.AST, path: tuple = ()) -> Iterator[tuple[tuple, ast.AST]]:
    """Yield the nodes inside function bodies with the path to each; no annotations, defaults or docstrings."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(tree, ast.Call):
            continue
        for place, node in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(node, ast.AST) and not _is_text_alone(node):
                here = (*path, (name, place if isinstance(value, list) else None))
                if hasattr(node, "lineno") and not isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom):
                    yield here, node
                yield from _walk(node, here)


def _is_text_alone(node: ast.AST) -> bool:
    """Tell whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _replace(tree: ast.AST, path: tuple, new: ast.AST) -> ast.AST:
    """Return a copy of a tree with one node replaced."""
    root = node = copy.deepcopy(tree)
    for name, place in path[:-1]:
        node = getattr(node, name) if place is None else getattr(node, name)[place]
    name, place = path[-1]
    if place is None:
        setattr(node, name, new)
    else:
        getattr(node, name)[place] = new
    return root


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node may be changed into."""
    yield from _operator_changes(node)
    yield from _value_changes(node)
    yield from _call_changes(node)
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.Continue | ast.Break):
        yield ast.Pass()
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        for place, part in enumerate(node.generators):
            if part.ifs:
                generators = [*node.generators]
                generators[place] = _with(part, ifs=[])
                yield _with(node, generators=generators)


def _operator_changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node with another operator, or with its two sides exchanged."""
    if isinstance(node, ast.BinOp | ast.AugAssign | ast.BoolOp) and type(node.op) in OPERATORS:
        yield _with(node, op=OPERATORS[type(node.op)]())
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult):
        yield _with(node, left=node.right, right=node.left)
    if isinstance(node, ast.BinOp):
        yield node.left
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPERATORS:
        yield _with(node, ops=[OPERATORS[type(node.ops[0])](), *node.ops[1:]])
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def _value_changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield another constant, a slice with an end left out, or a tuple in another order."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int | float):
            yield ast.Constant(node.value + 1)
            yield ast.Constant(node.value - 1)
        elif isinstance(node.value, str) and node.value:
            yield ast.Constant("")
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        for end in ("lower", "upper", "step"):
            if getattr(node.slice, end) is not None:
                yield _with(node, slice=_with(node.slice, **{end: None}))
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        yield _with(node, elts=[node.elts[1], node.elts[0], *node.elts[2:]])


def _call_changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a call of a neighbouring function, with exchanged or missing arguments, or the argument alone."""
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in NAMES:
        field = "attr" if isinstance(node.func, ast.Attribute) else "id"
        yield _with(node, func=_with(node.func, **{field: NAMES[name]}))
    if len(node.args) > 1:
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
        yield _with(node, args=node.args[:-1])
    if len(node.args) == 1:
        yield node.args[0]
    for place in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:place] + node.keywords[place + 1 :])


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """Return a shallow copy of a node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
