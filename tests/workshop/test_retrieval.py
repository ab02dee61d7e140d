"""The bot's passages come from FAISS or from whatever has LangChain's invoke, and its replies say what was read."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from tests.workshop.tiny_models import make_llama
from workshop.bot import FaissRetriever, Reply, answer, ask, build_prompt, draft_reply, find_passages
from workshop.data import Passage
from workshop.errors import WorkshopError
from workshop.models import open_language_model
from workshop.settings import Settings

PASSAGES = [Passage("leave/days", "Nine days."), Passage("fares", "Ten crowns."), Passage("seals", "We seals rest.")]


@dataclass
class Document:
    """What LangChain's retrievers give, without LangChain."""

    page_content: Any
    metadata: dict[str, Any] | None = field(default_factory=dict)
    id: str | None = None


class Retriever:
    """What has an invoke."""

    def __init__(self, *found):
        self.found, self.asked = found, []

    def invoke(self, question):
        self.asked.append(question)
        return list(self.found)


class Encoder:
    """Gives each text a vector by its first letter; stands for a SentenceTransformer."""

    max_seq_length = 256

    class tokenizer:
        unk_token_id = -1

        def __new__(cls, texts, **_):
            return {"input_ids": [[1, 2, 3] for _ in texts]}

    def get_embedding_dimension(self):
        return 3

    def encode(self, texts, **_):
        return np.array([np.eye(3)["ntw".index(text[0].lower())] + 0.1 for text in texts], dtype=np.float32)


def make_index(vectors):
    faiss = pytest.importorskip("faiss")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (Document("x", {"source": "handbook/leave.md", "title": "Leave"}), "handbook/leave.md"),
        (Document("x", {"document": "leave", "source": "handbook/leave.md"}), "leave"),
        (Document("x", {"title": "Leave", "source": ""}, "7"), "Leave"),
        (Document("x", {"page": 4}, "7"), "7"),
        (Document("x", None), "result 2"),
        (Document("x", {"source": 12}), "12"),
    ],
)
def test_langchains_documents_become_passages(document, name):
    retriever = Retriever(PASSAGES[0], document)
    assert find_passages(retriever, "How many days?") == [PASSAGES[0], Passage(name, "x")]
    assert retriever.asked == ["How many days?"]


@pytest.mark.parametrize(
    ("retriever", "words"),
    [
        (PASSAGES, r"with invoke\(question\), got list. Give FaissRetriever"),
        (None, "got NoneType"),
        (Retriever("text"), "gave str at place 1: expected LangChain's Document"),
        (Retriever(PASSAGES[0], Document(None)), "gave Document at place 2"),
        (Retriever({"page_content": "x"}), "gave dict at place 1"),
    ],
)
def test_what_is_no_retriever_is_named(retriever, words):
    with pytest.raises(WorkshopError, match=words):
        find_passages(retriever, "How many days?")


def test_a_retriever_that_gives_one_text_is_named():
    retriever = Retriever()
    retriever.invoke = lambda _: "Nine days."
    with pytest.raises(WorkshopError, match="expected a list of documents from the retriever, got one string"):
        find_passages(retriever, "How many days?")


def test_faiss_finds_the_nearest_first():
    encoder = Encoder()
    index = make_index(encoder.encode([one.text for one in PASSAGES]))
    found = find_passages(FaissRetriever(encoder, index, PASSAGES, k=2), "ten?")
    assert found[0] == PASSAGES[1]
    assert len(found) == 2
    assert len(find_passages(FaissRetriever(encoder, index, PASSAGES, k=9), "ten?")) == 3


@pytest.mark.parametrize(("rows", "width", "k"), [(2, 3, 1), (3, 2, 1), (3, 3, 0)])
def test_an_index_that_does_not_fit_is_named(rows, width, k):
    index = make_index(np.ones((rows, width), dtype=np.float32))
    words = rf"an index of \(3, 3\) and k of 1 or more, got \({rows}, {width}\) and {k}\. .*make it again"
    with pytest.raises(WorkshopError, match=words):
        FaissRetriever(Encoder(), index, PASSAGES, k=k).invoke("ten?")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = make_llama(tmp_path_factory.mktemp("llama"), context=400)
    return open_language_model(folder, Settings(device="cpu", dtype="float32"))


@pytest.mark.slow
@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: Document(one.text, {"source": one.document})])
def test_replies_are_the_models_own_whoever_retrieves(loaded, wrap):
    questions = ["How long is leave?", "What is a fare?"]
    replies = ask(*loaded, Retriever(*map(wrap, PASSAGES)), questions, max_new_tokens=8)
    prompts = [build_prompt(question, [one.text for one in PASSAGES]) for question in questions]
    written = answer(*loaded, prompts, max_new_tokens=8)
    assert replies == [Reply(*one) for one in zip(questions, [PASSAGES] * 2, prompts, written, strict=True)]


def test_a_reply_names_only_what_was_read(loaded):
    retriever = Retriever(Passage("blank", " "), *PASSAGES)
    [reply] = ask(*loaded, retriever, ["Nine days.?"], budget=4, max_new_tokens=2)
    assert reply.passages == PASSAGES[:2], "the third no longer fits, the blank one is left out"
    assert "seals rest" not in reply.prompt
    [reply] = ask(*loaded, retriever, ["Nine days.?"], budget=0, max_new_tokens=2)
    assert (reply.passages, reply.prompt) == ([], "Nine days.?")
    assert ask(*loaded, Retriever(), ["Why?"], max_new_tokens=2)[0].passages == []


def test_one_question_is_given_in_a_list(loaded):
    with pytest.raises(WorkshopError, match=r"expected a list of questions, got one string. .*\[question\]"):
        ask(*loaded, Retriever(), "Why?")


def test_scores_are_the_indexs_own_numbers():
    encoder = Encoder()
    vectors = encoder.encode([one.text for one in PASSAGES])
    retriever = FaissRetriever(encoder, make_index(vectors), PASSAGES, k=2)
    expected = encoder.encode(["ten?"])[0] @ vectors.T
    pairs = retriever.invoke_with_scores("ten?")
    assert [one for one, _ in pairs] == retriever.invoke("ten?")
    assert [score for _, score in pairs] == pytest.approx(sorted(expected, reverse=True)[:2])
    draft = draft_reply(retriever, "ten?", budget=2)
    assert (draft.found, draft.scores) == ([one for one, _ in pairs], [score for _, score in pairs])
    assert (draft.read, draft.prompt) == ([0], build_prompt("ten?", [pairs[0][0].text]))
    assert draft_reply(Retriever(*PASSAGES), "ten?").scores == []


@pytest.fixture
def store(monkeypatch):
    """Return LangChain's own store in memory, filled with the passages; nothing is traced."""
    pytest.importorskip(
        "langchain_core", reason="wants LangChain, which no extra of ours brings: pip install langchain-core"
    )
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore

    monkeypatch.setenv("LANGSMITH_TRACING", "false")

    class Encoded(Embeddings):
        def embed_documents(self, texts):
            return Encoder().encode(texts).tolist()

        def embed_query(self, text):
            return self.embed_documents([text])[0]

    store = InMemoryVectorStore(Encoded())
    store.add_documents([Document(one.text, metadata={"source": one.document}) for one in PASSAGES])
    return store


def test_langchains_own_retriever_finds_what_faiss_finds(store):
    encoder = Encoder()
    ours = FaissRetriever(encoder, make_index(encoder.encode([one.text for one in PASSAGES])), PASSAGES, k=1)
    theirs = store.as_retriever(search_kwargs={"k": 1})
    for question, place in (("nine?", 0), ("ten?", 1), ("they?", 1), ("who?", 2)):
        assert find_passages(theirs, question) == find_passages(ours, question) == [PASSAGES[place]]


def test_the_bot_answers_with_langchains_own_retriever(store, loaded):
    from langchain_core.retrievers import BaseRetriever

    class Fixed(BaseRetriever):
        def _get_relevant_documents(self, query, *, run_manager):
            return store.similarity_search(query, k=2)

    for retriever in (Fixed(), store.as_retriever(search_kwargs={"k": 2})):
        [reply] = ask(*loaded, retriever, ["ten?"], max_new_tokens=8)
        assert reply.passages[0] == PASSAGES[1]
        assert reply.answer == answer(*loaded, [reply.prompt], max_new_tokens=8)[0]
