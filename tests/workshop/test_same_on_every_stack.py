"""Lesson 08's promise: the same bot on four stacks finds the same passages and answers the same, on each step."""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("faiss")
pytest.importorskip("chromadb")
pytest.importorskip("langchain_community")
pytest.importorskip("langchain_openai")
pytest.importorskip("langchain_qdrant")

import chromadb
import faiss
from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings
from langchain_qdrant import QdrantVectorStore
from qdrant_client import QdrantClient, models

from tests.workshop.tiny_models import make_llama
from workshop.bot import FaissRetriever, ask, find_passages
from workshop.data import Passage, load_faq, load_passages
from workshop.models import encode_texts, load_encoder, open_language_model
from workshop.settings import Settings

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
PLAIN = Settings(threads=1, device="cpu", dtype="float32")
HERE, K, ASKED = "tests.workshop.test_same_on_every_stack", 5, 40


class OurVectors(Embeddings):
    """The workshop's vectors behind LangChain's interface, as the lesson has it."""

    def __init__(self, encoder):
        self.encoder = encoder

    def embed_documents(self, texts):
        return encode_texts(self.encoder, texts).tolist()

    def embed_query(self, text):
        return self.embed_documents([text])[0]


class Faiss:
    """Lesson 05's: a flat index, the passages in a list beside it."""

    def __init__(self, folder, encoder):
        self.folder, self.encoder, self.index, self.rows = folder, encoder, faiss.IndexFlatIP(384), []
        if (folder / "rows.json").exists():
            self.index = faiss.read_index(str(folder / "index"))
            self.rows = [(name, Passage(*one)) for name, one in json.loads((folder / "rows.json").read_text())]

    def add(self, names, passages, vectors):
        self.index.add(vectors)
        self.rows += zip(names, passages, strict=True)

    def delete(self, names):
        gone = [row for row, (name, _) in enumerate(self.rows) if name in names]
        self.index.remove_ids(np.array(gone))  # a flat index moves up what follows
        self.rows = [one for one in self.rows if one[0] not in names]

    def retrieve(self, k):
        return FaissRetriever(self.encoder, self.index, [one for _, one in self.rows], k)

    def close(self):
        faiss.write_index(self.index, str(self.folder / "index"))
        plain = [(name, (one.document, one.text)) for name, one in self.rows]
        (self.folder / "rows.json").write_text(json.dumps(plain))


class LangChain:
    """LangChain's store for FAISS."""

    def __init__(self, folder, encoder):
        self.folder, self.vectors, self.store = str(folder), OurVectors(encoder), None
        if (folder / "index.faiss").exists():
            self.store = FAISS.load_local(self.folder, self.vectors, allow_dangerous_deserialization=True)

    def add(self, names, passages, vectors):
        pairs, pages = [(one.text, vector) for one, vector in zip(passages, vectors, strict=True)], name_pages(passages)
        if self.store is None:
            self.store = FAISS.from_embeddings(pairs, self.vectors, pages, names)
        else:
            self.store.add_embeddings(pairs, pages, names)

    def delete(self, names):
        self.store.delete(names)

    def retrieve(self, k, page=None):
        everything = {"filter": {"document": page}, "fetch_k": self.store.index.ntotal} if page else {}
        return self.store.as_retriever(search_kwargs={"k": k, **everything})

    def close(self):
        self.store.save_local(self.folder)


class Chroma:
    """Chroma's own client, and the few lines that make it a retriever."""

    def __init__(self, folder, encoder, k=K, where=None):
        self.encoder, self.k, self.where = encoder, k, where
        self.client = chromadb.PersistentClient(folder, chromadb.Settings(anonymized_telemetry=False))
        space = {"hnsw": {"space": "cosine"}}
        self.store = self.client.get_or_create_collection("pages", configuration=space, embedding_function=None)

    def add(self, names, passages, vectors):
        self.store.add(names, vectors, name_pages(passages), [one.text for one in passages])

    def delete(self, names):
        self.store.delete(names)

    def retrieve(self, k, page=None):
        self.k, self.where = k, {"document": page} if page else None
        return self

    def invoke(self, question):
        vectors = encode_texts(self.encoder, [question])
        found = self.store.query(query_embeddings=vectors, n_results=self.k, where=self.where)
        pairs = zip(found["metadatas"][0], found["documents"][0], strict=True)
        return [Passage(facts["document"], text) for facts, text in pairs]

    def close(self):
        self.client.close()


class Qdrant:
    """LangChain's store for Qdrant in its local mode."""

    def __init__(self, folder, encoder):
        self.client = QdrantClient(path=str(folder))
        if not self.client.collection_exists("pages"):
            self.client.create_collection("pages", models.VectorParams(size=384, distance=models.Distance.COSINE))
        self.store = QdrantVectorStore(self.client, "pages", OurVectors(encoder))

    def add(self, names, passages, vectors):
        kept = [{"page_content": one.text, "metadata": {"document": one.document}} for one in passages]
        self.client.upload_collection("pages", vectors, kept, list(map(number, names)))

    def delete(self, names):
        self.store.delete(list(map(number, names)))

    def retrieve(self, k, page=None):
        if not page:
            return self.store.as_retriever(search_kwargs={"k": k})
        fits = models.FieldCondition(key="metadata.document", match=models.MatchValue(value=page))
        return self.store.as_retriever(search_kwargs={"k": k, "filter": models.Filter(must=[fits])})

    def close(self):
        self.client.close()


STACKS = {one.__name__: one for one in (Faiss, LangChain, Chroma, Qdrant)}


def name_pages(passages):
    return [{"document": one.document} for one in passages]


def number(name):
    """Return the UUID that stands for an id."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(PLAIN)


@pytest.fixture(scope="module")
def bot(tmp_path_factory):
    """Return a tokenizer and a tiny model that reads long prompts."""
    return open_language_model(make_llama(tmp_path_factory.mktemp("tiny") / "tiny-llama", context=8192), PLAIN)


@pytest.fixture(scope="module")
def questions():
    return list_questions()


def list_questions():
    return [one.question for one in load_faq(PLAIN) if one.split == "unseen"][:ASKED]


class Book:
    """Rows of ids, passages and vectors, and by hand what a search among them must give."""

    def __init__(self, names, passages, vectors):
        self.names, self.passages, self.vectors = names, passages, vectors

    def search(self, vector, k=K, page=None):
        """Return the k passages of the highest inner products, of one page alone if it is named."""
        order = np.argsort(-(self.vectors @ vector), kind="stable")
        return [self.passages[row] for row in order if page in (None, self.passages[row].document)][:k]

    def take(self, pages):
        """Return the rows of some pages alone."""
        rows = [row for row, one in enumerate(self.passages) if one.document in pages]
        return Book([self.names[row] for row in rows], [self.passages[row] for row in rows], self.vectors[rows])

    def join(self, other):
        """Return the rows of both."""
        vectors = np.concatenate([self.vectors, other.vectors])
        return Book(self.names + other.names, self.passages + other.passages, vectors)


def read_book(encoder, edition, pages=None):
    passages = [one for one in load_passages(PLAIN, edition) if not pages or one.document in pages]
    names = [f"{one.document}#{edition}.{row}" for row, one in enumerate(passages)]
    return Book(names, passages, encode_texts(encoder, [one.text for one in passages]))


@pytest.fixture(scope="module")
def book(encoder):
    return read_book(encoder, 1)


@pytest.fixture(scope="module")
def stacks(tmp_path_factory, encoder, book):
    made = {name: kind(tmp_path_factory.mktemp(name), encoder) for name, kind in STACKS.items()}
    for one in made.values():
        one.add(book.names, book.passages, book.vectors)
    yield made
    for one in made.values():
        one.close()


@pytest.fixture(params=STACKS)
def stack(request, stacks):
    return stacks[request.param]


def found(retriever, questions):
    """Return the passages that a retriever gives for each question, in one form."""
    return [find_passages(retriever, question) for question in questions]


def wanted(book, encoder, questions, page=None):
    return [book.search(vector, page=page) for vector in encode_texts(encoder, questions)]


def test_the_same_passages_come_in_the_same_order(stack, encoder, book, questions):
    assert found(stack.retrieve(K), questions) == wanted(book, encoder, questions)


def test_prompts_and_answers_are_the_same(stack, encoder, book, bot, questions):
    mine = FaissRetriever(encoder, faiss.IndexFlatIP(384), book.passages)
    mine.index.add(book.vectors)
    replies = [ask(*bot, retriever, questions[:4], max_new_tokens=12) for retriever in (mine, stack.retrieve(3))]
    assert replies[0] == replies[1]
    assert len({reply.answer for reply in replies[0]}) > 1
    assert all(len(reply.passages) == 3 for reply in replies[0])


def test_an_update_and_a_fresh_process_change_what_they_should_alone(tmp_path, encoder, book, questions):
    """Pages that another edition has changed go out of a smaller store, and come in as they are today."""
    texts = [{(one.document, one.text) for one in load_passages(PLAIN, edition)} for edition in (1, 2)]
    changed = {page for page, _ in texts[0] ^ texts[1]}
    others = {one.document for one in book.passages} - changed
    stays, goes, comes = book.take(sorted(others)[:9]), book.take(changed), read_book(encoder, 2, changed)
    before, after = (wanted(stays.join(one), encoder, questions) for one in (goes, comes))
    assert before != after
    for name, kind in STACKS.items():
        (tmp_path / name).mkdir()
        stack = kind(tmp_path / name, encoder)
        stack.add(*vars(stays.join(goes)).values())
        assert found(stack.retrieve(K), questions) == before
        stack.delete(goes.names)
        stack.add(*vars(comes).values())
        assert found(stack.retrieve(K), questions) == after
        stack.close()
    code = f"import sys; from {HERE} import find_again; find_again(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    plain = [[[one.document, one.text] for one in some] for some in after]
    assert json.loads(done.stdout.splitlines()[-1]) == dict.fromkeys(STACKS, plain)


def find_again(folder):
    """Open stores that another process has filled, and print what they find for the questions."""
    encoder, given = load_encoder(PLAIN), {}
    asked = list_questions()
    for name, kind in STACKS.items():
        store = kind(Path(folder) / name, encoder)
        given[name] = [[[one.document, one.text] for one in some] for some in found(store.retrieve(K), asked)]
        store.close()
    print(json.dumps(given))


@pytest.mark.parametrize("stack", [name for name in STACKS if name != "Faiss"], indirect=True)
def test_a_filter_gives_the_best_of_one_page(stack, encoder, book, questions):
    for page in ("staff-uniform", "boarding-foot"):
        want = wanted(book, encoder, questions[:10], page)
        assert all(len(some) == K for some in want)
        assert found(stack.retrieve(K, page), questions[:10]) == want


@pytest.mark.parametrize("stack", ["LangChain"], indirect=True)
def test_langchains_store_for_faiss_cuts_before_it_filters(stack, encoder, book, questions):
    """Of the 20 nearest of all (fetch_k), those of the page are given: fewer than asked for, mostly none."""
    page = "staff-uniform"
    kwargs = {"k": K, "filter": {"document": page}}
    got = found(stack.store.as_retriever(search_kwargs=kwargs), questions)
    nearest = [book.search(vector, 20) for vector in encode_texts(encoder, questions)]
    assert got == [[one for one in some if one.document == page][:K] for some in nearest]
    assert sum(len(some) < K for some in got) > len(questions) / 2


@pytest.fixture(scope="module")
def address(bot, encoder, tmp_path_factory):
    pytest.importorskip("python_multipart")
    pytest.importorskip("uvicorn")
    from workshop.serve import serve

    with serve(*bot, encoder, folder=tmp_path_factory.mktemp("served")) as address:
        yield address


def test_vectors_are_the_same_in_process_and_over_the_protocol(address, encoder, book, questions):
    from langchain_openai import OpenAIEmbeddings

    ours = OurVectors(encoder)
    theirs = OpenAIEmbeddings(
        model="all-minilm-l6-v2", base_url=address, api_key="none", check_embedding_ctx_length=False
    )
    texts = [one.text for one in book.passages[:50]]
    both = [np.array([*one.embed_documents(texts), one.embed_query(questions[0])]) for one in (ours, theirs)]
    np.testing.assert_allclose(both[0], both[1], atol=1e-6)
    np.testing.assert_allclose(both[0][:-1], book.vectors[:50], atol=1e-6)


@pytest.mark.parametrize("stack", ["LangChain", "Qdrant"], indirect=True)
def test_a_chain_reads_the_prompt_and_gives_the_answer_of_ask(stack, address, bot, questions):
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough
    from langchain_openai import ChatOpenAI

    retriever = stack.retrieve(3)
    prompt = ChatPromptTemplate.from_messages([("user", "Passages:\n{passages}\n\nQuestion: {question}")])
    model = ChatOpenAI(model="tiny-llama", base_url=address, api_key="none", temperature=0, max_completion_tokens=12)
    texts = retriever | (lambda documents: "\n".join(one.page_content for one in documents))
    read = {"passages": texts, "question": RunnablePassthrough()} | prompt
    chain = read | model | StrOutputParser()
    for reply in ask(*bot, retriever, questions[:4], max_new_tokens=12):
        assert read.invoke(reply.question).messages[0].content == reply.prompt
        # `ask` takes blanks off both ends, the protocol gives what the model wrote.
        assert chain.invoke(reply.question).strip() == "".join(chain.stream(reply.question)).strip() == reply.answer
