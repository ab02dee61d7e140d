"""What a result was made from is found by its name wherever it lies, and a change is told from a move."""

import subprocess

import pytest

from backstage.fingerprint import hash_code, list_imported
from studies import freshness
from studies.freshness import find_input, hash_inputs, list_changes
from workshop.errors import WorkshopError

SOURCE = '''"""Say."""
import numpy as np
from workshop.data import load_faq

def count(texts, *, most=3):
    """Count."""
    # a reason
    return {f"a{x!r:>3}b" "c": np.sum(x) for x in texts if x is not None}
'''
DIGEST = "dbbc566ecb288fc1832e0038d1901dbc2b9e8cc682050c75b2308c4df1756dff"


def changed(old, new):
    assert old in SOURCE
    return SOURCE.replace(old, new)


@pytest.mark.parametrize(
    "source",
    [
        changed("# a reason", "# a better reason"),
        changed('"""Count."""', '"""Count the texts."""'),
        changed('    """Count."""\n', ""),
        changed("from workshop.data import", "from workshop.data.skerryline import"),
        changed("from workshop.data import", "from backstage.lessons import"),
        changed(
            "import numpy as np\nfrom workshop.data import load_faq\n", "from .x import load_faq\nimport numpy as np\n"
        ),
        changed('f"a{x!r:>3}b" "c"', "f'a{x!r:>3}bc'"),
        changed("{f", "{\n        f"),
    ],
    ids=["comment", "docstring", "no docstring", "moved", "other package", "order", "text in one", "layout"],
)
def test_what_is_no_change_of_meaning_changes_no_digest(source):
    assert hash_code(source) == hash_code(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("most=3", "most=4"),
        ("np.sum", "np.mean"),
        ("is not None", "is None"),
        ('"c"', '"d"'),
        ("numpy as np", "scipy as np"),
        ("import load_faq", "import load_tickets"),
        (", *, most", ", most"),
        ("!r:>3", "!s:>3"),
    ],
)
def test_what_code_does_changes_the_digest(old, new):
    assert hash_code(changed(old, new)) != hash_code(SOURCE)


def test_a_text_that_begins_a_body_counts_unless_it_is_its_docstring():
    assert hash_code("if x:\n    'a'\n    y") != hash_code("if x:\n    'b'\n    y")


def test_the_digest_is_the_same_on_every_tested_python():
    assert hash_code(SOURCE) == DIGEST


def test_code_that_is_none_is_named():
    with pytest.raises(WorkshopError, match="line 1"):
        hash_code("def")


@pytest.fixture
def home(tmp_path):
    """Make a small repository of two rooms."""
    for path, text in {
        "workshop/vectors/recipe.py": "x = 1\n",
        "workshop/assets/words.txt": "one\n",
        "workshop/data/reader.py": "y = 1\n",
        "studies/reader.py": "z = 1\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    yield tmp_path
    freshness._list_places.cache_clear()


def change(home, path, content):
    (home / path).write_bytes(content)
    freshness._list_places.cache_clear()


def test_moving_a_file_makes_nothing_stale(home):
    kept = hash_inputs(["recipe", "assets/words"], home)
    (home / "studies" / "deep").mkdir()
    (home / "workshop/vectors/recipe.py").rename(home / "studies/deep/recipe.py")
    freshness._list_places.cache_clear()
    assert list_changes(kept, ["recipe", "assets/words"], home) == []


def test_a_change_a_new_input_and_one_that_is_no_longer_used_are_named(home):
    kept = hash_inputs(["recipe", "assets/words"], home)
    change(home, "workshop/vectors/recipe.py", b"x = 1  # why\r\n")
    change(home, "workshop/assets/words.txt", b"one\r\n")
    assert list_changes(kept, ["recipe", "assets/words"], home) == [], "line ends of another system are no change"
    change(home, "workshop/vectors/recipe.py", b"x = 2\n")
    assert list_changes(kept, ["recipe", "assets/words"], home) == ["recipe"]
    assert list_changes(kept, ["data/reader", "recipe"], home) == ["assets/words", "data/reader", "recipe"]


def test_a_folder_is_all_that_it_holds(home):
    kept = hash_inputs(["workshop/assets"], home)
    change(home, "workshop/assets/more.txt", b"two\n")
    assert list_changes(kept, ["workshop/assets"], home) == ["workshop/assets"]


def test_a_name_that_nothing_or_more_than_one_thing_has_is_refused(home):
    with pytest.raises(WorkshopError, match=r"unknown input of a measurement 'recipy'. Did you mean 'recipe'"):
        find_input("recipy", home)
    with pytest.raises(WorkshopError, match=r"may be any of .*Put the folder before it"):
        find_input("reader", home)
    assert find_input("data/reader", home) == home / "workshop/data/reader.py"


def test_what_is_imported_is_found_through_packages_functions_and_names(home):
    for path, text in {
        "workshop/__init__.py": "",
        "workshop/vectors/__init__.py": "from workshop.vectors.recipe import x",
        "workshop/start.py": "def f():\n    from workshop import vectors",
        "studies/reader.py": "import importlib\nimportlib.import_module('workshop.start')\nimport numpy",
    }.items():
        (home / path).write_text(text, encoding="utf-8")
    found = [path.relative_to(home).as_posix() for path in list_imported([home / "studies/reader.py"], home)]
    wanted = ["studies/reader.py", "workshop/__init__.py", "workshop/start.py"]
    assert found == [*wanted, "workshop/vectors/__init__.py", "workshop/vectors/recipe.py"]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_other_pythons_on_this_machine_give_the_same(version):
    code = "import sys; from backstage.fingerprint import hash_code; print(hash_code(sys.stdin.read()), sys.version)"
    try:
        done = subprocess.run(
            [f"python{version}", "-c", code],
            input=SOURCE,
            capture_output=True,
            text=True,
            cwd=freshness.ROOT,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip(f"Python {version} is not on this machine")
    if done.returncode:
        pytest.skip(f"python{version} does not start here: {done.stderr.strip()[-100:]}")
    assert done.stdout.split()[:1] == [DIGEST]
