"""Every answer that the proofs of the checks keep is among the honest submissions, whole enough to run by itself."""

import ast

import pytest

from tests.backstage.grade.honest import START, WORDS, make_kept, read_answers
from tests.exercises import test_start_here, test_word_embeddings
from workshop.checks import run_check
from workshop.checks.local import local_caller
from workshop.checks.registry import find_exercise
from workshop.errors import NotYet

KEPT = {START: test_start_here, WORDS: test_word_embeddings}
KINDS = [(stem, kind) for stem in KEPT for kind in ("wrong", "right")]


def list_kept(stem, kind):
    """Return the answers that a lesson's proofs have collected by exercise and name."""
    return {(one.exercise_id, one.function.__name__): one for one in getattr(KEPT[stem], kind).kept}


def load(text):
    """Run a cell and return its names; what the function will import is imported first, which takes long."""
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    namespace = {}
    for source in (ast.unparse(ast.Module(imports, [])), text):
        exec(source, namespace)
    return namespace


@pytest.mark.parametrize(("stem", "kind"), KINDS)
def test_every_kept_answer_is_handed_in(stem, kind):
    read = [(id, name) for id, several in read_answers(stem, kind).items() for name, _ in several]
    assert sorted(read) == sorted(list_kept(stem, kind))
    cells = ["".join(cell["source"]) for notebook, _ in make_kept(stem, kind).values() for cell in notebook["cells"]]
    texts = [text for several in read_answers(stem, kind).values() for _, text in several]
    assert [text for text in texts if text not in cells] == []


@pytest.mark.slow
@pytest.mark.parametrize(("stem", "kind"), KINDS)
def test_handed_in_answer_gets_the_diagnosis_of_the_kept_one(stem, kind):
    kept = list_kept(stem, kind)
    for id, several in read_answers(stem, kind).items():
        exercise = find_exercise(id)
        for name, text in several:
            namespace = load(text)
            said = "passed"
            try:
                run_check(exercise, local_caller(namespace[exercise.function], exercise.seconds))
            except NotYet as problem:
                said = next(line for line in str(problem).splitlines() if "Likely:" in line).partition(":")[2].strip()
            assert said.startswith(kept[id, name].likely or "passed"), (id, name)
