"""The figures that lesson 08 states in its text are those that were measured; the calls that it shows exist."""

import re

import openai
import pytest

from studies.other_stacks.plan import QUERIES, Plan
from studies.runner import RUNS, read_runs
from tests.studies.sentences import number, one
from workshop.checks.registry import find_exercise, find_lesson, list_exercises

STEM = "08_other_stacks"
NAMES = ("FAISS, by hand", "LangChain + FAISS", "Chroma", "Qdrant, local")
ROW = re.compile(r"^\| (.+?) \| (.+) \|$", re.MULTILINE)


def cost(results, name, metric, task="sentences"):
    return one(results, method=name, task=task, metric=metric).value


def test_points_and_minutes_are_those_of_the_exercises(text):
    some, room = list_exercises(STEM), ("8.1", "8.3", "8.4")
    assert f"{sum(one.points for one in some)} points. About {find_lesson(STEM).minutes} minutes" in text
    assert {one.id for one in some if one.room} == set(room)
    assert f"({sum(find_exercise(one).minutes for one in room)} minutes of work)" in text


def test_the_job_is_the_one_that_was_measured(results, text, code):
    form, before, values = (one(results, method="job", metric=name) for name in ("form", "form_before", "values"))
    assert (form.low, form.high, before.high) == (1.0, 1.0, 0.0)
    assert f'load_task("json", "train")[:{Plan().steps}], load_task("json", "test")[:4]' in code
    assert '{"n_epochs": 1, "batch_size": 1, "learning_rate_multiplier": 0.4}' in code
    assert form.n == 12
    assert "in each of our twelve jobs, with other tickets and seeds, each asked about six: 72 of 72" in text
    assert f"Before the job none of {before.n * 6} had it" in text
    low, high = number(values.low), number(values.high)
    assert f"{number(values.value)} of the values were right on average, in single jobs {low} to {high};" in text
    assert f"guessing blindly gives {number((1 / 8 + 1 / 6) / 2)}" in text
    assert results.bands["08.form"]["low"] < 1.0 == results.bands["08.form"]["high"]


def test_the_chain_is_the_bot(results, text):
    passages, answers = (one(results, task="same as ask", metric=name) for name in ("passages", "answers"))
    mine, theirs = (one(results, method=name, metric="seconds") for name in ("ask", "chain"))
    assert passages.n == answers.n == Plan().questions
    said = f"We asked {answers.n} of the handbook's questions both ways, one at a time: the same passages for "
    assert f"{said}{passages.value * passages.n:.0f}, the same answer for {answers.value * answers.n:.0f}." in text
    assert f"By our own `ask` an answer took {mine.value:.1f} seconds, by chain and server {theirs.value:.1f}" in text


def test_filters_lose_what_they_are_said_to_lose(results, text):
    short = {name: cost(results, name, "short", "handbook") for name in NAMES}
    assert f"We asked {QUERIES} questions" in text
    answering = {name: cost(results, name, "short_answering", "handbook") for name in NAMES}
    few, turns = (round(one["LangChain + FAISS"] * QUERIES) for one in (answering, short))
    said = f"the store gave too few for {few} of them; within pages dealt in turn, for {turns}. "
    assert f"Within the page that answers it, {said}Chroma and Qdrant: for none." in text
    assert answering["Chroma"] == answering["Qdrant, local"] == 0
    assert f"too few in {cost(results, 'LangChain + FAISS', 'short') * QUERIES:.0f} of {QUERIES} searches here" in text
    assert not any(cost(results, name, "short") for name in NAMES if "LangChain" not in name)
    assert short["Chroma"] == short["Qdrant, local"] == 0
    assert all(cost(results, name, "filtered", "handbook") == 1 for name in NAMES if "LangChain" not in name)


def test_all_stores_give_the_same_and_keep_it(results):
    for name in NAMES:
        assert cost(results, name, "same", "handbook") == 1.0
        assert cost(results, name, "kept", "handbook") == cost(results, name, "kept") == 1.0


def test_prices_are_those_that_were_measured(results, text):
    hand, chain, chroma, qdrant = (
        {metric: cost(results, name, metric, "installation") for metric in ("packages", "install_megabytes")}
        | {"lines": cost(results, name, "lines", "code")}
        for name in NAMES
    )
    lines = [one["lines"] for one in (chroma, hand, chain, qdrant)]
    assert lines[2] == lines[3]
    assert "fewest lines, {}; by hand it is {}, LangChain and Qdrant {}.".format(*lines) in text
    for said, paid in (
        ("FAISS with NumPy is {} packages, {} MB", hand),
        ("with LangChain {} packages, {} MB", chain),
        ("Chroma {} packages, {} MB", chroma),
        ("Qdrant's client {} packages, {} MB", qdrant),
    ):
        assert said.format(f"{paid['packages']:.0f}", f"{paid['install_megabytes']:.0f}") in text
    loading = [cost(results, name, "import_seconds") for name in NAMES]
    assert "{:.2f} s by hand, {:.1f} for LangChain, {:.1f} for Chroma, {:.1f} for Qdrant".format(*loading) in text
    filling = [cost(results, name, "build_seconds") for name in NAMES]
    start, middle = (
        "{:.1f} s by hand, {:.1f} with LangChain, {:.1f} with Chroma, which",
        " builds an index, {:.1f} with",
    )
    assert (start + middle).format(*filling) in text
    search = [cost(results, name, "search_milliseconds") for name in NAMES]
    assert "One search: {:.1f}, {:.1f}, {:.1f} and {:.1f} milliseconds.".format(*search) in text
    assert round(max(cost(results, name, "search_milliseconds", "handbook") for name in NAMES)) == 1
    assert "On the 480 passages the slowest takes about 1 millisecond" in text
    found = one(results, method="Chroma", task="sentences", metric="recall")
    assert f"it found {found.low:.3f} to {found.high:.3f} of the true ten, the others 1.00." in text
    assert all(cost(results, name, "recall") > 0.995 for name in NAMES if name != "Chroma")


def test_trials_differ_by_no_more_than_told(results, text):
    assert "differed by up to a factor of two" in text
    timed = ("import_seconds", "build_seconds", "search_milliseconds")
    rows = [row for metric in timed for row in results.select(task="sentences", metric=metric)]
    assert 1.5 < max(row.high / row.low for row in rows) <= 2.05


def test_no_figure_was_measured_on_fewer_trials_than_told(results, text):
    cells = [line["cell"] for line in read_runs(RUNS / f"{STEM}.jsonl") if line["kind"] == "run_stack"]
    assert len({cell[2] for cell in cells}) == Plan().repeats == 3
    assert "Each way ran alone, three times, on one thread." in text
    assert "13,800 of Wikipedia's sentences" in text


def read_tables(text):
    """Return the rows of the two tables of older and present calls."""
    part = text[text.index("### What older texts print") : text.index("## LangChain")]
    return [row for row in ROW.findall(part) if row[0] not in ("older texts", "---")]


def test_todays_calls_exist_and_older_ones_are_gone(text):
    rows, client = read_tables(text), openai.OpenAI(api_key="none")
    assert len(rows) == 9
    for old, new in rows:
        for path in re.findall(r"`client\.([\w.]+)\(", new):
            found = client
            for name in path.split("."):
                found = getattr(found, name)
            assert callable(found), path
        for path in re.findall(r"`openai\.(\w+)\.create\(", old):
            with pytest.raises(openai.lib._old_api.APIRemovedInV1):
                getattr(openai, path).create()
    assert sum("client." in new for _, new in rows) == 5


def test_the_client_has_no_command_line():
    from importlib.metadata import distribution

    assert not distribution("openai").entry_points
