"""The bot of lesson 05 and the same as a chain of LangChain's, asked the same questions."""

import functools
import tempfile
import time
from contextlib import ExitStack
from typing import Any

import faiss
import numpy as np

from workshop.bot import FaissRetriever, ask
from workshop.data import load_faq, load_passages
from workshop.models import encode_texts, load_encoder, load_language_model
from workshop.settings import Settings

Cell = dict[str, Any]
TOKENS = 24


@functools.cache
def _load(most: int | None) -> tuple[Any, ...]:
    """Return tokenizer, model, encoder, the first passages and their vectors."""
    settings = Settings(threads=1)
    tokenizer, model = load_language_model(settings)
    encoder, passages = load_encoder(settings), load_passages(settings)[:most]
    return tokenizer, model, encoder, passages, encode_texts(encoder, [one.text for one in passages])


def build_chain(address: str, passages: list[Any], vectors: np.ndarray) -> tuple[Any, Any]:
    """Return LangChain's retriever over its FAISS store, and the chain from a question to an answer.

    Vectors and answers both come from a server at this address.
    """
    from langchain_community.vectorstores import FAISS
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    where = {"base_url": address, "api_key": "none"}
    embeddings = OpenAIEmbeddings(model="all-minilm-l6-v2", check_embedding_ctx_length=False, **where)
    texts, pages = [one.text for one in passages], [{"document": one.document} for one in passages]
    store = FAISS.from_embeddings(list(zip(texts, vectors, strict=True)), embeddings, pages)
    retriever = store.as_retriever(search_kwargs={"k": 3})
    prompt = ChatPromptTemplate.from_messages([("user", "Passages:\n{passages}\n\nQuestion: {question}")])
    model = ChatOpenAI(model="smollm2-135m-instruct", temperature=0, max_completion_tokens=TOKENS, **where)
    read = {"passages": retriever | join_passages, "question": RunnablePassthrough()}
    return retriever, read | prompt | model | StrOutputParser()


def join_passages(documents: list[Any]) -> str:
    """Return the texts of documents, a line break between."""
    return "\n".join(one.page_content for one in documents)


def run_answers(start: int, count: int, most: int | None) -> Cell:
    """Ask the handbook's questions from `start` on by both, one at a time; returns how often all is the same.

    most: so many passages alone.
    """
    from workshop.serve import serve

    tokenizer, model, encoder, passages, vectors = _load(most)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    mine = FaissRetriever(encoder, index, passages, k=3)
    questions = [one.question for one in load_faq(Settings()) if one.split == "unseen"][start : start + count]
    same, waits = {"passages": [], "answers": []}, {"ask": [], "chain": []}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        address = stack.enter_context(serve(tokenizer, model, encoder, folder=folder))
        theirs, chain = build_chain(address, passages, vectors)
        for question in questions:
            begun = time.perf_counter()
            [reply] = ask(tokenizer, model, mine, [question], max_new_tokens=TOKENS)
            between = time.perf_counter()
            answer = chain.invoke(question)
            waits["ask"].append(between - begun)
            waits["chain"].append(time.perf_counter() - between)
            found = [one.page_content for one in theirs.invoke(question)]
            same["passages"].append(found == [one.text for one in reply.passages])
            same["answers"].append(answer.strip() == reply.answer)  # a blank at the end is no other answer
    return {
        "n": len(questions),
        "same": {name: sum(several) for name, several in same.items()},
        "waits": waits,
        "seconds": float(np.sum([*waits["ask"], *waits["chain"]])),
    }
