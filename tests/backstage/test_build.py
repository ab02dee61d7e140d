import json

import nbformat
import pytest

from backstage.lessons import build_all, make_learner, make_solved, read_functions, read_lesson, verify
from backstage.lessons import notebooks as notebooks_module
from backstage.lessons.colab import badges, install_cell
from backstage.lessons.notebooks import write_json
from backstage.lessons.source import checkout
from workshop.checks.registry import LESSONS
from workshop.errors import WorkshopError

STEMS = [lesson.stem for lesson in LESSONS]
GOOD = """# %% [markdown] tags=["slide"]
# # A lesson

# %%
from workshop import check

# %% [markdown]
# card 0.1
# Count the words.

# %%
def count_words(text: str) -> dict[str, int]:
    \"\"\"Count.\"\"\"
    # BEGIN SOLUTION
    words = text.lower().split()
    return {word: words.count(word) for word in words}
    # END SOLUTION

# %%
check.start_here.count_words(count_words)

# %% [markdown] tags=["notes"]
# Only the speaker reads this.

# %% [markdown]
# What it is good for.

# %%
# demonstration 0.1
count_words("a a")
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """Write a source of our own for lesson 00 and let the build read it."""

    def write(text):
        (tmp_path / "00_start_here.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(verify, "read_lesson", lambda stem: read_lesson(stem, tmp_path))
        monkeypatch.setattr(verify, "read_functions", lambda stem: read_functions(stem, tmp_path))
        monkeypatch.setattr(verify, "make_solved", lambda stem: make_solved(stem, tmp_path))
        return tmp_path

    return write


@pytest.mark.parametrize("stem", STEMS)
def test_notebooks_are_valid_fresh_and_without_outputs(stem):
    learner = make_learner(stem)
    nbformat.validate(nbformat.from_dict(json.loads(write_json(learner))))
    released = checkout() / "notebooks" / f"{stem}.ipynb"
    assert released.read_text(encoding="utf-8") == write_json(learner), "stale: run make notebooks"
    assert all(not cell["outputs"] for cell in learner["cells"] if cell["cell_type"] == "code")


@pytest.mark.parametrize("stem", STEMS)
def test_learners_see_no_solution_and_no_speaker_notes(stem):
    text = write_json(make_learner(stem))
    assert "SOLUTION" not in text
    assert '"notes"' not in text
    for exercise_id in read_functions(stem):
        assert f'raise NotImplementedError(\\"Exercise {exercise_id}\\")' in text


@pytest.mark.parametrize("stem", STEMS)
def test_solved_notebook_has_solutions_and_no_markers(stem):
    text = write_json(make_solved(stem))
    assert "SOLUTION" not in text
    assert "NotImplementedError(" not in text


def test_building_twice_gives_the_same_bytes():
    assert write_json(make_learner("00")) == write_json(make_learner("00"))


def test_cell_ids_are_unique_and_derive_from_lesson_and_ordinal():
    ids = [cell["id"] for cell in make_solved("00")["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("00-") for name in ids)


def test_card_is_made_from_the_registry(lesson):
    cells = make_learner("00", lesson(GOOD))["cells"]
    card = next("".join(cell["source"]) for cell in cells if "count words" in "".join(cell["source"]))
    assert card.startswith(
        "### 0.1 – count words\n\n★☆☆ · about 4 minutes · 2 points · in the room\n\nCount the words."
    )


def test_demonstration_tag_comes_from_the_first_line(lesson):
    cells = read_lesson("00", lesson(GOOD))
    assert [cell.ordinal for cell in cells if "demonstration" in cell.tags] == [8]


def test_good_lesson_has_no_fault(lesson):
    lesson(GOOD)
    assert verify.find_lesson_faults("00_start_here") == []


FAULTS = {
    "long_code": (GOOD.replace('count_words("a a")', "\n".join(f"x{i} = {i}" for i in range(20))), "21 lines of code"),
    "long_text": (GOOD.replace("# Count the words.", "# " + "word " * 81), "words of text, at most 80"),
    "long_fold": (
        GOOD.replace("# Count the words.", "# <details><summary>Help</summary>\n# " + "word " * 90 + "</details>"),
        "words of text",
    ),
    "installs": (GOOD.replace('count_words("a a")', "import sys\nsys.path.append('x')"), "sys.path"),
    "three_code_cells": (GOOD + "\n# %%\nx = 1\n\n# %%\ny = 2\n", "third code cell in a row"),
    "check_twice": (
        GOOD + "\n# %% [markdown]\n# Again.\n\n# %%\ncheck.start_here.count_words(count_words)\n",
        "2 cells",
    ),
    "needs_demonstration": (
        GOOD.replace('count_words("a a")', "value = 1") + "\n# %% [markdown]\n# Then.\n\n# %%\nprint(value)\n",
        "without its demonstrations: a cell failed with NameError",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found_and_named(lesson, fault):
    text, message = FAULTS[fault]
    lesson(text)
    faults = verify.find_lesson_faults("00_start_here")
    assert any(message in line for line in faults), faults


def test_unknown_card_names_file_and_cell(lesson):
    with pytest.raises(WorkshopError, match=r"00_start_here.py, cell 3: there is no exercise 0.7"):
        read_lesson("00", lesson(GOOD.replace("card 0.1", "card 0.7")))


def test_broken_code_names_file_cell_and_line(lesson):
    with pytest.raises(WorkshopError, match=r"cell 2, line 2"):
        read_lesson("00", lesson(GOOD.replace("import check\n", "import check\nx = = 1\n", 1)))


def test_missing_solution_is_named(lesson):
    with pytest.raises(WorkshopError, match=r"no solution for exercise 0\.1"):
        read_functions("00", lesson(GOOD.replace("# BEGIN SOLUTION", "").replace("# END SOLUTION", "")))


def test_stale_notebook_fails_the_check(monkeypatch):
    monkeypatch.setattr(verify, "find_faults", list)
    monkeypatch.setattr(notebooks_module, "make_learner", lambda stem: make_solved(stem))
    with pytest.raises(WorkshopError, match=r"00_start_here.ipynb is not what .* Run: make notebooks"):
        build_all(check=True)


def test_badges_and_install_cell_appear_with_the_repository_url():
    assert install_cell("01_word_embeddings", "") == []
    assert badges("01_word_embeddings", "") == ""
    url = "https://github.com/someone/tune-or-retrieve"
    (cell,) = install_cell("01_word_embeddings", url)
    text = "".join(cell["source"])
    assert f'tune-or-retrieve[words] @ git+{url}"' in text
    assert "google.colab" in text
    assert "colab.research.google.com/github/someone/tune-or-retrieve/" in badges("01_word_embeddings", url)
    assert "mybinder.org/v2/gh/someone/tune-or-retrieve/" in badges("01_word_embeddings", url)
