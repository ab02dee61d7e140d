"""Read a notebook's bytes, damaged or not: whatever can be read is kept. Used in the jail and by nbgrader's course."""

import ast
import codecs
import json
import re
from typing import Any

from workshop.data.clean import mend_text
from workshop.data.files import MARKS, MIXED

TYPES = ("code", "markdown", "raw", "heading")
OTHERS = ((b"PK", "a zip or an Office document"), (b"%PDF", "a PDF"), (b"<", "a web page"), (b"{\\rtf", "a document"))
CONFLICT = re.compile(r"^(<<<<<<<|=======|>>>>>>>)", re.MULTILINE)
MOST_REMARKS = 10
# How the nbgrader id of an exercise's answer begins.
ANSWER_ID = "ex-"


class NotebookError(ValueError):
    """Bytes that are no notebook; the text says whether encoding, JSON or cells can't be read."""


def read_notebook(content: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return the notebook that some bytes stand for, each cell mended or left out, and a remark on what was lost.

    The notebook is of nbformat 4, or of an older one where it has worksheets. Raises NotebookError.
    """
    text, remarks = decode(content)
    try:
        notebook = json.loads(text, strict=False)
    except RecursionError:
        raise NotebookError("its JSON is nested too deeply") from None
    except ValueError as error:
        raise NotebookError(_explain_json(content, text, error, remarks)) from None
    if not isinstance(notebook, dict):
        raise NotebookError(f"its JSON is {_kind(notebook)}, and a notebook is an object with cells")
    sheets = notebook.get("worksheets")
    sheets = [one for one in sheets if isinstance(one, dict)] if isinstance(sheets, list) else [notebook]
    if not any(isinstance(sheet.get("cells"), list) for sheet in sheets):
        raise NotebookError("its JSON has no list of cells")
    count = left = 0
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet.get("cells"), list) else []
        sheet["cells"], said = mend_cells(cells, count)
        count, left, remarks = count + len(cells), left + len(sheet["cells"]), remarks + said
    if count and not left:
        raise NotebookError(f"none of its {count} cells can be read")
    _mend_facts(notebook)
    return notebook, remarks[:MOST_REMARKS]


def decode(content: bytes) -> tuple[str, list[str]]:
    """Return a file's text: in the encoding that its first bytes declare, else UTF-8 with Windows-1252 where it breaks.

    Raises NotebookError where a declared encoding doesn't hold.
    """
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "") or json.detect_encoding(content)
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-8"):
            line = content[: error.start].count(b"\n") + 1
            text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8", MIXED)
            return text, [f"line {line} of the file isn't UTF-8: it was read as Windows-1252"]
        raise NotebookError(
            f"its encoding can't be read: it begins as {encoding.upper()} and breaks at byte {error.start}"
        ) from None


def _explain_json(content: bytes, text: str, error: ValueError, remarks: list[str]) -> str:
    """Return why a text is no JSON, as exactly as it can be told."""
    if not text.strip():
        return "the file is empty"
    other = next((name for start, name in OTHERS if content.lstrip().startswith(start)), "")
    if other:
        return f"it is {other}"
    conflict = CONFLICT.search(text)
    if conflict:
        line = text[: conflict.start()].count("\n") + 1
        return f"its JSON can't be read: line {line} is the mark of a merge conflict"
    if not isinstance(error, json.JSONDecodeError):
        return f"its JSON can't be read: {str(error)[:80]}"
    if remarks:
        return f"its encoding can't be read ({remarks[0]}), and then its JSON: {error.msg} in line {error.lineno}"
    if text[error.pos :].strip() == "" or "Unterminated" in error.msg:
        return f"its JSON can't be read: it breaks off in line {text.count(chr(10)) + 1}"
    return f"its JSON can't be read: {error.msg} in line {error.lineno}, column {error.colno}"


def _kind(value: Any) -> str:
    """Return what a JSON value is."""
    return {list: "a list", str: "a text", bool: "a truth value", type(None): "null"}.get(type(value), "a number")


def _mend_facts(notebook: dict[str, Any]) -> None:
    """Give a notebook the facts that readers of the format insist on. In place."""
    if not isinstance(notebook.get("metadata"), dict):
        notebook["metadata"] = {}
    if "cells" in notebook:
        number = notebook.get("nbformat")
        notebook["nbformat"] = number if type(number) is int and number >= 4 else 4
        minor = notebook.get("nbformat_minor")
        notebook["nbformat_minor"] = minor if type(minor) is int and 0 <= minor <= 5 else 5


def mend_cells(cells: list[Any], before: int = 0) -> tuple[list[dict[str, Any]], list[str]]:
    """Return those cells that can be read, mended in place, and a remark on each that lost something.

    before: how many cells came earlier.
    """
    kept, remarks = [], []
    for number, cell in enumerate(cells, start=before + 1):
        if not isinstance(cell, dict):
            remarks.append(f"cell {number} is {_kind(cell)}: left out")
            continue
        remark = _mend_cell(cell)
        remarks += [f"cell {number} {remark}"] if remark else []
        kept.append(cell)
    return kept, remarks


def _mend_cell(cell: dict[str, Any]) -> str:
    """Mend a cell in place; return what was lost or guessed, or ""."""
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = {}
    field = "input" if "input" in cell and "source" not in cell else "source"
    cell[field], remark = _read_source(cell.get(field))
    kind = cell.get("cell_type")
    kind = kind.casefold() if isinstance(kind, str) else kind
    if kind not in TYPES:
        kind = "code" if "outputs" in cell or "execution_count" in cell or _is_python(cell[field]) else "markdown"
        remark = remark or f"has no type: taken for {'code' if kind == 'code' else 'text'}"
    cell["cell_type"] = kind = "code" if _is_answer(cell) else kind
    if kind == "code":
        cell.pop("attachments", None)
        cell["outputs"] = cell["outputs"] if isinstance(cell.get("outputs"), list) else []
        count = cell.get("execution_count")
        cell["execution_count"] = count if type(count) is int else None
    if not isinstance(cell.get("attachments", {}), dict):
        del cell["attachments"]
    return remark


def _is_answer(cell: dict[str, Any]) -> bool:
    """Tell whether a cell carries the id of an answer, which some have made text by accident."""
    grading = cell["metadata"].get("nbgrader")
    return isinstance(grading, dict) and str(grading.get("grade_id")).startswith(ANSWER_ID)


def _read_source(source: Any) -> tuple[str, str]:
    """Return a cell's text, without what no Python can run, and what was lost."""
    remark = ""
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        remark = "has lines that are no text: left out" if len(lines) < len(source) else ""
        source = "".join(lines)
    elif source is None:
        source, remark = "", "has no text"
    elif not isinstance(source, str):
        source, remark = "", f"holds {_kind(source)} instead of a text: left out"
    return mend_text(source.replace("\0", "")), remark


def _is_python(source: str) -> bool:
    """Tell whether a text can be read as Python and does something."""
    try:
        return any(
            not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in ast.parse(source).body
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
