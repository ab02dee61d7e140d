"""Proofs of lesson 08's exercises, three of them beside the libraries that do the same."""

import itertools
import json
from uuid import uuid4

import chromadb
import faiss
import numpy as np
import pytest
from chromadb.config import Settings
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from tests.exercises.proofs import Answers, prove
from workshop.checks.registry import find_exercise, list_exercises
from workshop.exercises.other_stacks import filtered_top_k, join_stream, to_cosine, to_messages_jsonl
from workshop.vectors.geometry import unit

wrong, right = Answers(), Answers()


def _chat(question, answer):
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]}


@wrong("8.1", "everything is dumped as one JSON value")
def whole_list_dumped(rows):
    return json.dumps([_chat(*row) for row in rows], ensure_ascii=False)


@wrong("8.1", "the JSON is put together by hand")
def by_hand(rows):
    line = '{"messages": [{"role": "user", "content": "%s"}, {"role": "assistant", "content": "%s"}]}'
    return "\n".join(line % tuple(row) for row in rows)


@wrong("8.1", "a dict or its str() isn't JSON")
def str_of_a_dict(rows):
    return "\n".join([f"{_chat(question, answer)}" for question, answer in rows])


@wrong("8.1", "the lines aren't joined by one line break")
def no_line_breaks(rows):
    return "".join(json.dumps(_chat(*row)) for row in rows)


@wrong("8.1", "indent spreads an object over lines")
def indented(rows):
    return "".join(json.dumps(_chat(*row), indent=2) + "\n" for row in rows)


@wrong("8.1", "the list of turns isn't wrapped")
def not_wrapped(rows):
    return "\n".join(json.dumps(_chat(*row)["messages"], ensure_ascii=False) for row in rows)


@wrong("8.1", "line 1 is JSON, but another object")
def prompt_and_completion(rows):
    return "\n".join(json.dumps({"prompt": question, "completion": answer}) for question, answer in rows)


@wrong("8.1", "line 1 holds other texts than its row")
def stripped(rows):
    return "\n".join(json.dumps(_chat(*(text.strip() for text in row))) for row in rows)


@wrong("8.1", "line 1 is no JSON")
def comma_after_each(rows):
    return "\n".join(json.dumps(_chat(*row)) + "," for row in rows)


@right("8.1")
def keys_sorted_accents_kept(rows):
    lines = [json.dumps(_chat(*row), ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in rows]
    return "".join(line + "\n" for line in lines) + "\n"


def _contents(chunks):
    return [choice["delta"].get("content") for chunk in chunks for choice in chunk["choices"]]


@wrong("8.2", 'None becomes the text "None"')
def none_as_text(chunks):
    return "".join(f"{content}" for content in _contents(chunks))


@wrong("8.2", "something is put between the pieces")
def joined_with_blanks(chunks):
    return " ".join(content for content in _contents(chunks) if content is not None)


@wrong("8.2", "a delta may have no content")
def content_always_there(chunks):
    return "".join(chunk["choices"][0]["delta"]["content"] or "" for chunk in chunks if chunk["choices"])


@wrong("8.2", "a chunk may have no choice")
def choice_always_there(chunks):
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)


@wrong("8.2", "None is added to a text")
def default_does_not_help(chunks):
    text = ""
    for chunk in [chunk for chunk in chunks if chunk["choices"]]:
        text += chunk["choices"][0]["delta"].get("content", "")
    return text


@wrong("8.2", "it stops at the first chunk without content")
def stops_early(chunks):
    return "".join(itertools.takewhile(bool, _contents(chunks)))


@right("8.2")
def content_with_a_default(chunks):
    contents = [{"content": None, **choice["delta"]}["content"] for chunk in chunks for choice in chunk["choices"]]
    return "".join(filter(None, contents))


def _fits(facts, where):
    return all(key in facts and facts[key] in (v["$in"] if type(v) is dict else [v]) for key, v in where.items())


@wrong("8.3", "it cuts first and filters afterwards")
def cut_first(scores, metadata, where, k):
    best = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:k]
    return [row for row in best if _fits(metadata[row], where)]


@wrong("8.3", "a row without the key passes")
def missing_key_passes(scores, metadata, where, k):
    rows = [i for i, facts in enumerate(metadata) if _fits(facts, {key: where[key] for key in where.keys() & facts})]
    return sorted(rows, key=lambda row: scores[row], reverse=True)[:k]


@wrong("8.3", "one condition is enough")
def any_condition(scores, metadata, where, k):
    good = [not where or any(_fits(facts, {key: where[key]}) for key in where) for facts in metadata]
    return [row for row in np.argsort(-scores, kind="stable") if good[row]][:k]


@wrong("8.3", 'a condition with "$in" is compared with the dict')
def in_as_equality(scores, metadata, where, k):
    rows = [row for row in range(len(metadata)) if all(metadata[row].get(key) == where[key] for key in where)]
    return sorted(rows, key=lambda row: -scores[row])[:k]


@wrong("8.3", "places among what fits are returned")
def places_among_the_matches(scores, metadata, where, k):
    kept = np.array([score for score, facts in zip(scores, metadata, strict=True) if _fits(facts, where)])
    return np.argsort(-kept, kind="stable")[:k]


@wrong("8.3", "all rows that fit are returned")
def never_cut(scores, metadata, where, k):
    rows = [row for row, facts in enumerate(metadata) if _fits(facts, where)]
    return sorted(rows, key=lambda row: -scores[row])


@right("8.3")
def best_of_what_is_left(scores, metadata, where, k):
    left, best = {row: float(scores[row]) for row in range(len(scores)) if _fits(metadata[row], where)}, []
    while left and len(best) < k:
        best.append(max(left, key=lambda row: (left[row], -row)))
        del left[best[-1]]
    return np.array(best, dtype=np.int64)


def _by_metric(cosine=lambda d: 1 - d, l2=lambda d: 1 - d / 2, ip=lambda d: d):
    def convert(distances, metric):
        if metric not in ("cosine", "l2", "ip"):
            raise ValueError(metric)
        return {"cosine": cosine, "l2": l2, "ip": ip}[metric](distances)

    return convert


for cause, name, function in (
    ("l2 is squared again", "squared_again", _by_metric(l2=lambda d: 1 - d**2 / 2)),
    ("1 / (1 + d) is no cosine", "one_over_one_plus", _by_metric(*[lambda d: 1 / (1 + d)] * 2)),
    ("l2 isn't halved", "not_halved", _by_metric(l2=lambda d: 1 - d)),
    ("that isn't solved for cos", "formula_itself", _by_metric(l2=lambda d: 2 - 2 * d)),
    ("what is below 0 is lost", "no_negatives", _by_metric(l2=lambda d: np.clip(1 - d / 2, 0, 1))),
    ("a distance, or its negative", "cosine_left", _by_metric(lambda d: d)),
    ("a distance, or its negative", "two_turned", _by_metric(lambda d: d, ip=lambda d: 1 - d)),
    ("ip is changed, as if it were a distance", "ip_turned", _by_metric(ip=lambda d: 1 - d)),
    ("two things at once", "l2_and_ip_wrong", _by_metric(l2=lambda d: 1 - d**2 / 2, ip=lambda d: 1 - d)),
    ("metric not in", "raises_nothing", lambda d, metric: d if metric == "ip" else 1 - d / (1 + (metric == "l2"))),
):
    function.__name__ = name
    wrong("8.4", cause)(function)


@right("8.4")
def one_by_one(distances, metric):
    cosines = {"cosine": lambda one: 1 - one, "l2": lambda one: (2 - one) / 2, "ip": float}
    if metric in cosines:
        return np.array([cosines[metric](one) for one in distances.flat], np.float32).reshape(distances.shape).tolist()
    raise ValueError("which metric?")


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "08_other_stacks", wrong, right
)


def test_lesson_gives_8_points_and_three_exercises_in_the_room():
    exercises = list_exercises("08")
    assert [exercise.points for exercise in exercises] == [2] * 4
    assert [exercise.id for exercise in exercises if exercise.room] == ["8.1", "8.3", "8.4"]


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_a_training_file_comes_back_as_it_was(rows):
    chats = [json.loads(line)["messages"] for line in to_messages_jsonl(rows).split("\n")]
    assert [tuple(turn["content"] for turn in chat) for chat in chats] == rows


@given(st.integers(0, 2**32))
@settings(deadline=None)
def test_a_stream_is_joined_as_the_openai_client_does(seed):
    (chunks,) = find_exercise("8.2").draw(np.random.default_rng(seed))
    state = ChatCompletionStreamState()
    for chunk in chunks:
        choices = [{"index": 0, **choice} for choice in chunk["choices"]]
        facts = {"id": "1", "created": 0, "model": "m", "object": "chat.completion.chunk", "choices": choices}
        state.handle_chunk(ChatCompletionChunk.model_validate(facts))
    assert join_stream(chunks) == (state.current_completion_snapshot.choices[0].message.content or "")


@pytest.fixture(scope="module")
def chroma():
    return chromadb.EphemeralClient(Settings(anonymized_telemetry=False))


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_rows_are_those_of_chroma(chroma, seed):
    rng = np.random.default_rng(seed)
    _, metadata, where, k = find_exercise("8.3").draw(rng)
    vectors = unit(rng.normal(size=(len(metadata), 4))).astype(np.float32)
    parts = [{key: want} for key, want in where.items()]
    store = chroma.create_collection(str(uuid4()), embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    store.add([*map(str, range(len(metadata)))], vectors, [one or None for one in metadata])
    asked = {"$and": parts} if len(parts) > 1 else parts[0] if parts else None
    found = store.query(query_embeddings=vectors[:1], n_results=k, where=asked)
    rows = [*map(int, found["ids"][0])]
    assert rows == filtered_top_k(vectors @ vectors[0], metadata, where, k)
    assert to_cosine(np.array(found["distances"][0]), "cosine") == pytest.approx(vectors[rows] @ vectors[0], abs=1e-5)


@pytest.mark.parametrize(("metric", "kind"), [("l2", faiss.METRIC_L2), ("ip", faiss.METRIC_INNER_PRODUCT)])
def test_faiss_reports_what_is_turned_into_cosines(metric, kind):
    vectors = unit(np.random.default_rng(0).normal(size=(9, 5))).astype(np.float32)
    index = faiss.index_factory(5, "Flat", kind)
    index.add(vectors)
    distances, rows = index.search(vectors[:3], 9)
    cosines = np.take_along_axis(vectors[:3] @ vectors.T, rows, axis=1)
    assert to_cosine(distances, metric) == pytest.approx(cosines, abs=1e-5)
