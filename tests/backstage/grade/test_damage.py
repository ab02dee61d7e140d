"""One odd cell is one odd cell: damaged notebooks keep what can be read, and what can't is said exactly."""

import copy
import json

import pytest

from backstage.grade.engine import Engine
from backstage.grade.jail.imports import list_imports
from backstage.grade.jail.notebook import NotebookError, read_notebook
from backstage.grade.records import Submission
from backstage.lessons.notebooks import make_solved, write_json
from tests.backstage.grade.honest import WORDS, find_cell
from workshop.errors import WorkshopError

SECRET = b"d" * 32


def notebook(**facts):
    """Return a notebook's bytes with one good cell and one that is odd."""
    odd = {"cell_type": "code", "metadata": {}, "source": "y = 2", "outputs": [], "execution_count": None} | facts
    good = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": []}
    cells = [good, {name: value for name, value in odd.items() if value is not ...}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


MENDED = {
    "metadata_null": ({"metadata": None}, "y = 2", ""),
    "metadata_a_list": ({"metadata": []}, "y = 2", ""),
    "source_missing": ({"source": ...}, "", "cell 2 has no text"),
    "source_null": ({"source": None}, "", "cell 2 has no text"),
    "source_a_number": ({"source": 7}, "", "cell 2 holds a number instead of a text: left out"),
    "line_a_number": ({"source": ["y = 2", 3]}, "y = 2", "cell 2 has lines that are no text: left out"),
    "no_type": (
        {"cell_type": ..., "outputs": ..., "execution_count": ...},
        "y = 2",
        "cell 2 has no type: taken for code",
    ),
    "no_type_but_outputs": ({"cell_type": ..., "source": "%ls"}, "%ls", "cell 2 has no type: taken for code"),
    "type_a_number": ({"cell_type": 3}, "y = 2", "cell 2 has no type: taken for code"),
    "type_in_capitals": ({"cell_type": "Code"}, "y = 2", ""),
    "outputs_null": ({"outputs": None}, "y = 2", ""),
    "count_a_text": ({"execution_count": "*"}, "y = 2", ""),
    "zero_bytes": ({"source": "y = 2\0"}, "y = 2", ""),
    "half_a_character": ({"source": "y = '\ud83d'"}, "y = '\ufffd'", ""),
}


@pytest.mark.parametrize(("facts", "source", "remark"), MENDED.values(), ids=MENDED)
def test_an_odd_cell_is_mended(facts, source, remark):
    made, remarks = read_notebook(notebook(**facts))
    assert [cell["source"] for cell in made["cells"]] == ["x = 1", source]
    assert remarks == ([remark] if remark else [])
    for cell in made["cells"]:
        assert (cell["cell_type"], type(cell["metadata"]), type(cell["outputs"])) == ("code", dict, list)
        cell["source"].encode("utf-8")


def test_a_text_without_type_is_text():
    made, _ = read_notebook(notebook(cell_type=..., outputs=..., execution_count=..., source="Write your name here"))
    assert made["cells"][1]["cell_type"] == "markdown"


@pytest.mark.parametrize("odd", [None, 7, "x = 2", [1]], ids=["null", "number", "text", "list"])
def test_what_is_no_cell_is_left_out(odd):
    content = json.loads(notebook())
    content["cells"].insert(1, odd)
    made, [remark] = read_notebook(json.dumps(content).encode())
    assert [cell["source"] for cell in made["cells"]] == ["x = 1", "y = 2"]
    assert remark.startswith("cell 2 is ")
    assert remark.endswith(": left out")


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_declared_encoding_is_read(encoding):
    text = notebook(source="word = 'café – 名'").decode().encode("ascii").decode("unicode_escape")
    made, remarks = read_notebook(text.encode(encoding))
    assert made["cells"][1]["source"] == "word = 'café – 名'"
    assert remarks == []


def test_bytes_of_windows_are_read_where_utf8_breaks():
    content = notebook(source="word = 'caf@ # $'").replace(b"$", "名".encode()).replace(b"@", b"\xe9 \x93\x81")
    made, remarks = read_notebook(content)
    assert made["cells"][1]["source"] == "word = 'café “� # 名'"
    assert remarks == ["line 1 of the file isn't UTF-8: it was read as Windows-1252"]


BROKEN = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n ", "the file is empty"),
    "web_page": (b"<!DOCTYPE html><html></html>", "it is a web page"),
    "pdf": (b"%PDF-1.7", "it is a PDF"),
    "zip": (b"PK\x03\x04 word", "it is a zip or an Office document"),
    "cut": (notebook()[:-40], "its JSON can't be read: it breaks off in line 1"),
    "cut_in_a_text": (notebook()[:30], "its JSON can't be read: it breaks off in line 1"),
    "comma": (b'{"cells": [],}', "its JSON can't be read: Expecting property name"),
    "conflict": (b'{"cells": [\n<<<<<<< HEAD\n]}', "its JSON can't be read: line 2 is the mark of a merge conflict"),
    "python": (b"import numpy as np\n", "its JSON can't be read: Expecting value in line 1, column 1"),
    "utf16": (b"\xff\xfe{\x00\x01", "its encoding can't be read: it begins as UTF-16 and breaks at byte 4"),
    "shift_jis": ('{"cells": "表"}'.encode("shift_jis"), "its encoding can't be read (line 1 of the file isn't UTF-8"),
    "deep": (b"[" * 100_000, "its JSON is nested too deeply"),
    "a_list": (b"[1, 2]", "its JSON is a list, and a notebook is an object with cells"),
    "no_cells": (b'{"metadata": {}}', "its JSON has no list of cells"),
    "cells_null": (b'{"cells": null}', "its JSON has no list of cells"),
    "only_numbers": (b'{"cells": [1, 2]}', "none of its 2 cells can be read"),
}


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_said(content, words):
    with pytest.raises(NotebookError) as caught:
        read_notebook(content)
    assert str(caught.value).startswith(words)


def test_imports_are_listed_one_by_one():
    cells = [
        ("import numpy as np, seaborn\nfrom a.b import c\nx = 1", True),
        ("%matplotlib inline\nimport math\ndef f():\n    import hidden", True),
        ("import numpy as np\nname =\u00a0input()\nfrom d import e", True),
        ("try:\n    import perhaps\nexcept ImportError:\n    pass\nfrom __future__ import annotations", True),
        ("import workshop\nfrom workshop.vectors import nearest", True),
        ("import lists\nas prose does", False),
        ("import json\ndef turned_to_text(): pass", False),
    ]
    wanted = [
        "import numpy as np",
        "import seaborn",
        "from a.b import c",
        "import math",
        "from d import e",
        "import json",
    ]
    from IPython.core.inputtransformer2 import TransformerManager

    found = list_imports(cells, TransformerManager().transform_cell, False)
    assert "\n".join(found).splitlines() == wanted
    assert max(len(one.splitlines()) for one in found) == 5
    assert list_imports([("x = 1", True)], str, True) == ["import numpy as np"]


@pytest.fixture(scope="module")
def words():
    try:
        engine = Engine(WORDS, SECRET, jobs=1)
    except WorkshopError as error:
        pytest.skip(str(error))
    with engine:
        yield engine


SOLVED = make_solved(WORDS)
FULL = 16


def grade(engine, made, encoding="utf-8"):
    content = made if isinstance(made, bytes) else write_json(made).encode(encoding)
    record = engine.grade(Submission("student", WORDS, content, "test"))
    assert record.max == FULL
    return record, {mark.exercise: mark for mark in record.marks if mark.points != mark.max}


def edit_cosine(change):
    """Return the solved lesson with the cell of exercise 1.2, which imports numpy for all, changed."""
    made = copy.deepcopy(SOLVED)
    cell = find_cell(made, "def cosine(")
    cell["source"] = "".join(cell["source"])
    change(cell)
    return made


def begin(text):
    """Return what puts a text before a cell's."""
    return lambda cell: cell.update(source=text + cell["source"])


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_give_full_points(words, encoding):
    record, lost = grade(words, SOLVED, encoding)
    assert (record.points, record.remarks, lost) == (FULL, (), {})


def renew(**facts):
    """Return what gives a cell other facts."""
    return lambda cell: cell.update(facts)


ONE_ODD = {
    "metadata_null": (renew(metadata=None), ""),
    "no_type": (lambda cell: cell.pop("cell_type"), "has no type"),
    "source_missing": (lambda cell: cell.pop("source"), "has no text"),
    "source_a_number": (renew(source=5), "instead of a text"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "remark"), ONE_ODD.values(), ids=ONE_ODD)
def test_one_odd_cell_costs_its_own_points_at_most(words, change, remark):
    record, lost = grade(words, edit_cosine(change))
    assert set(lost) <= {"1.2"}
    assert bool(lost) == (remark not in ("", "has no type"))
    assert remark in "".join(record.remarks)


@pytest.mark.slow
def test_bytes_of_windows_keep_all_points(words):
    content = write_json(edit_cosine(begin("# caf@\n"))).encode().replace(b"caf@", b"caf\xe9 \x93q\x94")
    record, lost = grade(words, content)
    assert lost == {}
    assert "Windows-1252" in record.remarks[0]


STOPPED = {
    "input": (begin("name = input()\n"), "its cell stopped: EOFError", "input()"),
    "no_break_space": (begin("x =\u00a01\n"), "its cell stopped: SyntaxError: invalid non-printable", "type them anew"),
    "error_before": (begin("1 / 0\n"), "its cell stopped: ZeroDivisionError: division by zero", "mend that"),
    "six_imports": (begin("".join(f"import no{n}\n" for n in range(6))), "its cell stopped: ModuleNotFound", "library"),
    "ends_python": (begin("import os; os._exit(1)\n"), "its cell was left out", "ends Python itself"),
    "demonstration": (begin("# demonstration 1.2\n"), "its cell begins as a demonstration", "a cell of its own"),
    "made_text": (renew(cell_type="markdown"), "it stands in a cell of text", "the key Y"),
    "name_taken": (
        lambda cell: cell.update(source=cell["source"] + "\ncosine = 3"),
        "in the end the name stands",
        "int",
    ),
    "misspelt": (lambda cell: cell.update(source=cell["source"].replace("def cosine", "def cosin")), "", "misspelt"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "why", "words_of_message"), STOPPED.values(), ids=STOPPED)
def test_what_stopped_a_cell_is_named_and_costs_no_other_exercise(words, change, why, words_of_message):
    _, lost = grade(words, edit_cosine(change))
    assert list(lost) == ["1.2"]
    assert lost["1.2"].reason == "not found" if not why else lost["1.2"].reason.startswith(f"not found: {why}")
    assert words_of_message in lost["1.2"].message


PASSED_OVER = {
    "seaborn": ("import seaborn\n", ["import seaborn "]),
    "among_others": ("import numpy as np, seaborn as sns, math\n", ["import seaborn as sns "]),
    "names": ("from nowhere.at_all import a, b as c\n", ["from nowhere.at_all import a, b as c "]),
    "name_missing": ("from math import sqrt, nothing_like_it\n", ["from math import sqrt, nothing_like_it "]),
    "relative": ("from . import helpers\n", ["from . import helpers "]),
    "in_an_if": ("if True:\n    import seaborn\n", ["import seaborn "]),
    "five": ("".join(f"import no{n}\n" for n in range(5)), [f"import no{n} " for n in range(5)]),
    "tried": ("try:\n    import seaborn\nexcept ImportError:\n    seaborn = None\n", []),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "named"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_imports_that_fail_are_passed_over_and_named(words, text, named):
    record, lost = grade(words, edit_cosine(begin(text)))
    assert lost == {}
    assert len(record.remarks) == len(named)
    for remark, statement in zip(record.remarks, named, strict=True):
        assert remark.startswith(f"{statement}was left out, since it ends in ")


@pytest.mark.slow
def test_imports_of_demonstrations_are_run_and_nothing_else_of_them(words):
    made = edit_cosine(
        lambda cell: cell.update(source=cell["source"].replace("    return", "    unusual.sqrt(1)\n    return"))
    )
    shown = "# demonstration 1.99\nimport math as unusual\nimport seaborn\nraise SystemExit\ncosine = None"
    made["cells"].insert(3, {"cell_type": "code", "metadata": {}, "source": shown, "outputs": []})
    record, lost = grade(words, made)
    assert lost == {}
    assert record.remarks == (
        "import seaborn was left out, since it ends in ModuleNotFoundError: No module named 'seaborn'",
    )


@pytest.mark.slow
def test_an_earlier_definition_counts_where_the_last_one_stops_and_says_so(words):
    made = copy.deepcopy(SOLVED)
    made["cells"].append(
        {"cell_type": "code", "metadata": {}, "source": "1 / 0\ndef cosine(u, V): return 3", "outputs": []}
    )
    record, lost = grade(words, made)
    assert lost == {}
    assert "its cell stopped: ZeroDivisionError: division by zero" in record.marks[1].notes
