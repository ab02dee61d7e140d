"""From a question to passages and an answer: FAISS finds them, or any retriever with LangChain's `invoke`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workshop.bot.answers import answer
from workshop.bot.prompt import WORD_BUDGET, build_prompt
from workshop.data import Passage
from workshop.errors import WorkshopError, take_list
from workshop.models import encode_texts

INDEX = "An index has a vector for each passage and the encoder's dimensions: make it again when either changes."


@dataclass(frozen=True)
class FaissRetriever:
    """The k passages nearest to a question. index: a FAISS index of the passages' vectors, made with the encoder."""

    encoder: Any
    index: Any
    passages: Sequence[Passage]
    k: int = 3

    def invoke(self, question: str) -> list[Passage]:
        """Return the k passages that the index finds, best first; fewer where it finds fewer."""
        return [passage for passage, _ in self.invoke_with_scores(question)]

    def invoke_with_scores(self, question: str) -> list[tuple[Passage, float]]:
        """Return the same with the index's own numbers: inner products, or squared distances of an L2 index."""
        vectors = encode_texts(self.encoder, [question])  # (1, D)
        got, wanted = (self.index.ntotal, self.index.d), (len(self.passages), vectors.shape[1])
        if got != wanted or self.k < 1:
            raise WorkshopError(f"expected an index of {wanted} and k of 1 or more, got {got} and {self.k}. {INDEX}")
        scores, rows = self.index.search(vectors, self.k)  # both (1, k)
        both = zip(rows[0], scores[0], strict=True)
        return [(self.passages[row], float(score)) for row, score in both if row >= 0]  # FAISS fills up with -1


@dataclass(frozen=True)
class Reply:
    """What the bot answered. passages: those that it read, best first; prompt: all that it read."""

    question: str
    passages: list[Passage]
    prompt: str
    answer: str


@dataclass(frozen=True)
class Draft:
    """A question before its answer. found: what the retriever gave, best first; scores: one each, or none at all.

    read: places in found of what the prompt holds; the others were blank, or didn't fit into the budget.
    """

    question: str
    found: list[Passage]
    scores: list[float]
    read: list[int]
    prompt: str


def draft_reply(retriever: Any, question: str, budget: int = WORD_BUDGET) -> Draft:
    """Find passages for a question and write the prompt; raises WorkshopError as find_passages and build_prompt do.

    Scores come from the retriever's invoke_with_scores(question), pairs of a Passage and a number, where it has one.
    """
    if callable(getattr(retriever, "invoke_with_scores", None)):
        pairs = retriever.invoke_with_scores(question)
        found, scores = [one for one, _ in pairs], [float(score) for _, score in pairs]
    else:
        found, scores = find_passages(retriever, question), []
    texts = [one.text for one in found]
    prompt = build_prompt(question, texts, budget)
    # Passages are read in order: the fewest that already make this prompt.
    count = next(n for n in range(len(texts) + 1) if build_prompt(question, texts[:n], budget) == prompt)
    return Draft(question, found, scores, [place for place in range(count) if texts[place].strip()], prompt)


def find_passages(retriever: Any, question: str) -> list[Passage]:
    """Return the passages that a retriever finds for a question, best first.

    retriever: its `invoke(question)` gives Passages or LangChain's documents: page_content becomes the text, metadata's
    "document", "source" or "title", else the id, the document's name. Raises WorkshopError for anything else.
    """
    if not callable(getattr(retriever, "invoke", None)):
        ways = "FaissRetriever(encoder, index, passages), or store.as_retriever() of a LangChain store"
        raise WorkshopError(f"expected a retriever with invoke(question), got {type(retriever).__name__}. Give {ways}.")
    found = take_list(retriever.invoke(question), "documents from the retriever", "[document]")
    return [one if isinstance(one, Passage) else _read_document(one, place) for place, one in enumerate(found, 1)]


def _read_document(found: Any, place: int) -> Passage:
    """Return one of LangChain's documents as a passage."""
    if not isinstance(getattr(found, "page_content", None), str):
        got = f"{type(found).__name__} at place {place}"
        raise WorkshopError(f"the retriever gave {got}: expected LangChain's Document or workshop.data's Passage.")
    facts = getattr(found, "metadata", None) or {}
    names = (*(facts.get(key) for key in ("document", "source", "title")), getattr(found, "id", None))
    return Passage(str(next(filter(None, names), f"result {place}")), found.page_content)


def ask(
    tokenizer: Any, model: Any, retriever: Any, questions: Sequence[str], *, budget: int = WORD_BUDGET, **options: Any
) -> list[Reply]:
    """Answer questions from what a retriever finds for each; returns a Reply a question, in their order.

    retriever: as for find_passages. budget: how many words of passages go into a prompt. options: those of answer.
    Raises WorkshopError as find_passages, build_prompt and answer do.
    """
    questions = take_list(questions, "questions", "ask(tokenizer, model, retriever, [question])")
    drafts = [draft_reply(retriever, question, budget) for question in questions]
    written = answer(tokenizer, model, [one.prompt for one in drafts], **options)
    pairs = zip(drafts, written, strict=True)
    return [Reply(one.question, [one.found[place] for place in one.read], one.prompt, text) for one, text in pairs]
