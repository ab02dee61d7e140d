"""Lesson 08's study: packages and filters by hand, what a store gives back, rows from made-up runs, the short form."""

import json
import random
from importlib.metadata import distribution

import numpy as np
import pytest

pytest.importorskip("chromadb")
pytest.importorskip("langchain_community")
pytest.importorskip("langchain_openai")
pytest.importorskip("peft")
pytest.importorskip("qdrant_client")

from studies.other_stacks import chain, live, packages, plan, stacks, study, tables, trial
from tests.workshop.tiny_models import make_llama
from workshop.exercises.other_stacks import to_cosine
from workshop.models import open_language_model
from workshop.settings import Settings

GROUPS = {"": "", "fast": '; extra == "fast"', "never": '; python_version < "3"'}


def install(folder, name, needs=(), files=()):
    """Write a package's papers and files as an installer does; needs: names, each with the group that it belongs to."""
    papers = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    papers.mkdir()
    lines = [f"Requires-Dist: {need}>=0.5{GROUPS[group]}" for need, group in needs]
    head = f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\nProvides-Extra: fast\n"
    (papers / "METADATA").write_text(head + "\n".join(lines) + "\n")
    for place, size in files:
        (folder / place).parent.mkdir(exist_ok=True)
        (folder / place).write_bytes(bytes(size))
    (papers / "RECORD").write_text("".join(f"{place},,\n" for place, _ in files))


def close_over(needs, roots):
    """Return what roots need, by going through all packages until none comes in: roots and needs may name fast."""
    has = {name: {""} for name, _ in roots}
    for name, group in roots:
        has[name].add(group)
    while True:
        count = sum(map(len, has.values()))
        for name in list(has):
            for (need, wanted), group in needs.get(name, ()):
                if group in has[name]:
                    has.setdefault(need, {""}).add(wanted)
        if count == sum(map(len, has.values())):
            return {name for name in has if name in needs}


@pytest.mark.parametrize("seed", range(20))
def test_packages_are_those_that_a_slow_walk_finds(seed, tmp_path, monkeypatch):
    rng = random.Random(seed)
    names = [f"zz-made-{letter}" for letter in "abcdefgh"]
    needs = {
        name: [
            ((rng.choice([*names, "zz-not-there"]), rng.choice(["", "", "fast"])), rng.choice(list(GROUPS)))
            for _ in range(rng.randrange(4))
        ]
        for name in names
    }
    for name, some in needs.items():
        # Names as people write them: capitals, dots and underscores are the same to an installer.
        written = [
            (need.replace("-", "_").upper() + ("[fast]" if wanted else ""), group) for (need, wanted), group in some
        ]
        install(tmp_path, name, written)
    monkeypatch.syspath_prepend(tmp_path)
    roots = [(names[0], ""), (names[1], rng.choice(["", "fast"]))]
    asked = [f"{name}[fast]" if extra else name for name, extra in roots]
    reachable = {name: [one for one in some if one[1] != "never"] for name, some in needs.items()}
    assert set(packages.list_packages(asked)) == close_over(reachable, roots)


@pytest.mark.parametrize("order", [("", "[fast]"), ("[fast]", "")])
def test_an_extra_that_is_asked_for_later_counts_as_well(order, tmp_path, monkeypatch):
    install(tmp_path, "zz-one", [(f"zz-two{extra}", "") for extra in order])
    install(tmp_path, "zz-two", [("zz-more", "fast")])
    install(tmp_path, "zz-more")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(packages.list_packages(["zz-one"])) == {"zz-one", "zz-two", "zz-more"}


def test_packages_are_weighed_by_their_files_without_compiled_copies(tmp_path, monkeypatch):
    files = [("zz_made/code.py", 3000), ("zz_made/code.pyc", 5_000_000), ("zz_made/data.bin", 997_000)]
    install(tmp_path, "zz-made", files=files)
    (tmp_path / "zz_made" / "left by a run").write_bytes(bytes(10**6))
    (tmp_path / "zz_made" / "code.py").unlink()
    monkeypatch.syspath_prepend(tmp_path)
    assert packages.weigh([distribution("zz-made")]) == pytest.approx(0.997)
    install(tmp_path, "zz-other", files=[("zz_other/a.py", 3000)])
    assert packages.weigh(packages.list_packages(["zz-made", "zz-other"]).values()) == pytest.approx(1.0)


def test_what_a_stack_brings_is_what_its_roots_bring():
    found = stacks.run_packages("FAISS, by hand")
    assert found["packages"] == len(packages.list_packages(["faiss-cpu"]))
    bigger = stacks.run_packages("LangChain + FAISS")
    assert bigger["packages"] > found["packages"]
    assert bigger["install_megabytes"] > found["install_megabytes"] > 10


def test_lines_are_counted_without_layout_comments_and_docstrings(tmp_path, monkeypatch):
    path = tmp_path / "made.py"
    monkeypatch.setattr(stacks, "find_input", lambda _: path)
    path.write_text(
        '"""Say\nmuch."""\n\n\nimport os  # why\n\n# a comment\n\n\nclass One:\n    """A class."""\n\n'
        '    def two(\n        self, a: int,\n        b: int,\n    ) -> int:\n        """Say."""\n        return (\n'
        '            a\n            + b\n        )\n\n    def three(self) -> None:\n        """Do nothing."""\n'
    )
    assert stacks.count_lines("made") == len(["import", "class", "def two", "return", "def three", "pass"])
    path.write_text("x = 1; y = 2\n\n\n\nz = '''no\ndocstring'''\n")
    assert stacks.count_lines("made") == 3


class Made:
    """A store that has all vectors, and may cut to the nearest so many before it filters."""

    def __init__(self, vectors, pages, cut=None):
        self.vectors, self.pages, self.cut = vectors, pages, cut

    def search(self, vector, k, where=None):
        rows = sorted(range(len(self.pages)), key=lambda row: -float(self.vectors[row] @ vector))[: self.cut]
        return [(f"{self.pages[row]}#{row}", 0.0) for row in rows if self.pages[row] == where["page"]][:k]


def in_turn(pages, asked):
    """Return the pages in the order of their names, again and again, one for each query."""
    return (sorted(set(pages)) * asked)[:asked]


def judge(cut, vectors, queries, pages, within):
    places = {f"{page}#{row}": row for row, page in enumerate(pages)}
    return trial.judge_filter(Made(vectors, pages, cut), queries, queries @ vectors.T, pages, places, within)


def draw(rows, asked, pages, seed=0):
    """Return unit vectors and queries, and the page of each vector; the last page has one alone."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(rows + asked, 16)).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    dealt = [f"p{number}" for number in rng.integers(0, pages, rows - 1)] + ["single"]
    return found[:rows], found[rows:], dealt


@pytest.mark.parametrize("cut", [None, 12, 1])
@pytest.mark.parametrize("seed", range(3))
def test_a_filter_is_judged_as_by_hand(cut, seed):
    vectors, queries, pages = draw(40, 9, 4, seed)
    within, same, short = in_turn(pages, 9), 0, 0
    for query, page in zip(queries, within, strict=True):
        order = [row for row in np.argsort(-(vectors @ query)) if pages[row] == page]
        near = set(np.argsort(-(vectors @ query))[: cut or 40].tolist())
        want, got = order[:3], [row for row in order if row in near][:3]
        same, short = same + (want == got), short + (len(got) < len(want))
    assert judge(cut, vectors, queries, pages, within) == (same / 9, short / 9)
    if cut is None:
        assert (same, short) == (9, 0)  # "single" has one passage, and one is all that is wanted
    else:
        assert short > 0


PRINTED = {"similarity": lambda shown: shown} | {
    metric: lambda shown, metric=metric: to_cosine(shown, metric) for metric in ("cosine", "l2", "ip")
}


@pytest.mark.slow
@pytest.mark.parametrize("stack", plan.STACKS)
def test_a_store_gives_back_what_was_put_in(stack, tmp_path):
    """Against all inner products; what it prints is the cosine after the conversion that its module names."""
    vectors, queries, pages = draw(90, 12, 9)
    kept, module = tmp_path / "kept.npz", f"studies.other_stacks.{stack}"
    texts = [f"text {row}" for row in range(90)]
    answering = pages[:12]
    arrays = {"texts": np.array(texts), "pages": np.array(pages), "answering": np.array(answering)}
    np.savez(kept, vectors=vectors, queries=queries, **arrays)
    (tmp_path / "store").mkdir()
    found = trial.try_stack(module, kept, tmp_path / "store")
    assert (found["recall"], found["same"]) == (1, 1)
    nearest = np.argsort(-(queries @ vectors.T), axis=1)
    exact, shown = np.array(found["first"]).T
    np.testing.assert_allclose(exact, np.sort(-(queries[0] @ vectors.T))[: trial.K] * -1, atol=1e-6)
    convert = PRINTED[__import__(module, fromlist=["PRINTS"]).PRINTS]
    np.testing.assert_allclose(convert(shown), exact, atol=1e-5)
    cut = 20 if stack == "by_langchain" else None  # it filters the 20 nearest of all
    for name, within in (("", in_turn(pages, 12)), ("_answering", answering)):
        judged = judge(cut, vectors, queries, pages, within)
        assert (found[f"filtered{name}"], found[f"short{name}"]) == judged
    assert found["disk_megabytes"] >= vectors.nbytes / 1e6
    again = trial.try_again(module, kept, tmp_path / "store")
    assert again["first"] == [f"{pages[row]}#{row}" for row in nearest[0, : trial.K]]
    assert (again["deleted"], again["added"]) == (True, True)


class Forgetful:
    """A store that deletes nothing and adds nothing, once it is open again."""

    def __init__(self, *_):
        self.rows = ["a#0", "b#1"]

    def search(self, *_):
        return [(name, 0.0) for name in self.rows]

    def _ignore(self, *_):
        """Do nothing."""

    delete = add = save = _ignore


def test_a_store_that_forgets_changes_is_found_out(tmp_path, monkeypatch):
    kept = tmp_path / "kept.npz"
    np.savez(kept, vectors=np.eye(2), queries=np.eye(2), texts=np.array(["a", "b"]), pages=np.array(["a", "b"]))
    monkeypatch.setattr(trial.importlib, "import_module", lambda _: type("Module", (), {"Store": Forgetful}))
    found = trial.try_again("forgetful", kept, tmp_path)
    assert (found["deleted"], found["added"]) == (False, False)


def test_sentences_that_ask_are_not_in_the_store():
    whole, part = stacks.load_sentences(None), stacks.load_sentences(7)
    assert len(whole["queries"]) == plan.QUERIES
    assert len({one.tobytes() for one in [*whole["vectors"], *whole["queries"]]}) > 0.99 * (
        len(whole["vectors"]) + plan.QUERIES
    )
    assert {len(some) for some in whole.values() if len(some) != plan.QUERIES} == {len(whole["vectors"])}
    assert {len(some) for some in part.values()} == {7}
    np.testing.assert_array_equal(part["vectors"], whole["vectors"][:7])


RUN = dict.fromkeys((*tables.TIMED, *tables.FIXED, *tables.ANSWERING), 1.0)


def test_of_trials_the_median_is_told_with_the_smallest_and_largest():
    cells = {
        ("by_hand", "handbook", repeat, None): RUN | {"open_seconds": seconds, "kept": True, "recall": 0.5}
        for repeat, seconds in enumerate((4.0, 1.0, 2.0))
    }
    rows = {(row.method, row.task, row.metric): row for row in tables.tell_stacks(cells)}
    opened = rows["FAISS, by hand", "handbook", "open_seconds"]
    assert (opened.value, opened.low, opened.high, opened.n) == (2, 1, 4, 3)
    assert rows["FAISS, by hand", "handbook", "recall"].value == 0.5
    assert rows["FAISS, by hand", "handbook", "kept"].value == 1
    assert not [task for _, task, _ in rows if task == "sentences"]
    lines = {method: row.value for (method, _, metric), row in rows.items() if metric == "lines"}
    assert lines.keys() == {name for name, _ in plan.STACKS.values()}
    assert all(10 < count < 60 for count in lines.values())


def test_answers_of_all_parts_are_counted_together():
    parts = [
        {"n": 2, "same": {"passages": 2, "answers": 1}, "waits": {"ask": [1.0, 2.0], "chain": [5.0, 5.0]}},
        {"n": 3, "same": {"passages": 3, "answers": 3}, "waits": {"ask": [3.0, 4.0, 9.0], "chain": [5.0, 6.0, 7.0]}},
    ]
    rows = {(row.method, row.metric): (row.value, row.n) for row in tables.tell_answers(parts)}
    assert rows == {
        ("LangChain's chain", "passages"): (1, 5),
        ("LangChain's chain", "answers"): (0.8, 5),
        ("ask", "seconds"): (3, 5),
        ("chain", "seconds"): (5, 5),
    }


def test_jobs_and_installations_are_told():
    jobs = [
        {"before": 0.0, "after": after, "right": 0.5, "seconds": 9.0, "tokens": 10 + after} for after in (0.5, 1.0, 0.9)
    ]
    row = next(row for row in tables.tell_live(jobs) if row.metric == tables.JOB["after"])
    assert (row.value, row.low, row.high, row.n) == (pytest.approx(0.8), 0.5, 1, 3)
    rows = tables.tell_packages({("Chroma",): {"packages": 80, "install_megabytes": 300.5}})
    assert [(row.method, row.metric, row.value) for row in rows] == [
        ("Chroma", "packages", 80),
        ("Chroma", "install_megabytes", 300.5),
    ]


@pytest.mark.parametrize(
    ("after", "low", "high"),
    [
        ([1.0] * 12, 0.75, 1),  # at least a reply and a half of six
        ([0.0] * 12, 0, 0.25),
        ([0.5], 0.25, 0.75),  # one run has no spread
        ([0.0, 1.0], 0, 1),
        ([0.4, 0.5, 0.6], 0.2, 0.8),  # three standard deviations of 0.1
    ],
)
def test_the_range_of_a_job_is_three_deviations_at_least_a_reply_and_a_share(after, low, high):
    band = live.predict_live([{"after": value} for value in after])["08.form"]
    assert (band["low"], band["high"]) == (pytest.approx(low), pytest.approx(high))
    assert (band["n"], band["steps"]) == (len(after), plan.Plan().steps)
    assert str(len(after)) in band["how"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"topic": "app", "tone": "calm"}', {"topic": "app", "tone": "calm"}),
        (' {"tone": "calm", "topic": "app"}\n', {"topic": "app", "tone": "calm"}),
        ('{"topic": "app"}', {}),
        ('{"topic": "app", "tone": "calm", "more": 1}', {}),
        ('["topic", "tone"]', {}),
        ('Sure: {"topic": "app", "tone": "calm"}', {}),
        ("", {}),
    ],
)
def test_a_reply_has_the_form_or_is_empty(text, found):
    assert live.read_form(text) == found


@pytest.mark.slow
def test_the_short_form_measures_everything(tmp_path, monkeypatch):
    # The server names a model by its folder: the chain and the job ask for this one.
    loaded = open_language_model(
        make_llama(tmp_path / live.MODEL, context=8192), Settings(device="cpu", dtype="float32")
    )
    monkeypatch.setattr(chain, "load_language_model", lambda _: loaded)
    monkeypatch.setattr(live, "load_language_model", lambda _: loaded)
    chain._load.cache_clear()
    try:
        results = study.measure(short=True)
    finally:
        chain._load.cache_clear()
    rows = {(row.method, row.task, row.metric): row.value for row in results.rows}
    names = {name for name, _ in plan.STACKS.values()}
    for name in names:
        assert rows[name, "handbook", "recall"] == rows[name, "handbook", "same"] == rows[name, "handbook", "kept"] == 1
        assert all(np.isfinite(rows[name, "handbook", metric]) for metric in RUN)
    assert {method for method, task, _ in rows if task == "installation"} == names | plan.CLIENTS.keys()
    assert rows["LangChain's chain", "same as ask", "passages"] == 1
    assert {metric for method, _, metric in rows if method == "job"} == {*tables.JOB.values()}
    assert results.bands.keys() == {"08.form"}
    assert results.inputs.keys() == set(study.INPUTS)
    assert json.dumps([row.value for row in results.rows])
