"""MiniLM tuned on questions and the passages that answer them: as an encoder, and as a cross-encoder."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from studies.retrieval_bot.search_plan import TESTED, TRAINED
from studies.retrieval_bot.search_runs import Clock, encoder, passage_vectors, passages, relevant, wordings
from studies.text_embeddings.searches import rank_relevant
from workshop.data import load_lee, load_passages, load_reviews
from workshop.models import encode_texts, load_encoder
from workshop.models.static import find_minilm
from workshop.settings import Settings

# The library's own rate and batch sizes that its manual trains with; nothing was tried beside them.
RATE, BATCH, EPOCHS = 5e-5, 16, 3
GROUPS, NEGATIVES = 4, 3
LONGEST = 256
UNTUNED = -1

Found = dict[str, Any]


@functools.cache
def load_pairs() -> tuple[tuple[str, int, str], ...]:
    """Return of each wording of `train` its text, its passage's row, and its document."""
    rows = relevant(TRAINED).argmax(axis=1)
    return tuple((text, int(row), one.document) for (one, _, text), row in zip(wordings(TRAINED), rows, strict=True))


def draw_batches(keys: Sequence[Any], batch: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """Yield all rows in batches, drawn anew, none of which has a key twice: another's passage is a wrong answer."""
    left = rng.permutation(len(keys)).tolist()
    while left:
        rows: dict[Any, int] = {}
        for row in left:
            if len(rows) < batch:
                rows.setdefault(keys[row], row)
        taken = set(rows.values())
        left = [row for row in left if row not in taken]
        yield list(rows.values())


def tune_encoder(pairs: Sequence[tuple[str, int, str]], seed: int, epochs: int) -> Any:
    """Return MiniLM tuned so that a question lies nearest to its own passage among those of its batch."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    tuned, texts, rng = load_encoder(Settings(threads=1)).train(), passages(0), np.random.default_rng(seed)
    loss, optimizer = MultipleNegativesRankingLoss(tuned), torch.optim.AdamW(tuned.parameters(), lr=RATE)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for _ in range(epochs):
            for rows in draw_batches([passage for _, passage, _ in pairs], BATCH, rng):
                sides = [pairs[row][0] for row in rows], [texts[pairs[row][1]] for row in rows]
                loss([tuned.preprocess(side) for side in sides], None).backward()
                optimizer.step()
                optimizer.zero_grad()
    return tuned.eval()


def run_tuned(seed: int, size: int, epochs: int, every: int, pairs: int) -> Found:
    """Return where MiniLM, tuned on `train` with this seed, finds the answers to `unseen`; -1: not tuned.

    pairs: how many it is tuned on. handbook, haystack: ranks of the relevant passages. lee: the cosines of the 50 rated
    stories' pairs. reviews: whether each of 200 is told right by logistic regression on its vector, ten folds. seconds:
    of the tuning.
    """
    clock = Clock()
    model = encoder() if seed == UNTUNED else tune_encoder(load_pairs()[:pairs], seed, epochs)
    seconds, wanted = clock.read(), relevant(TESTED, every)
    vectors = encode_texts(model, passages(size))
    scores = encode_texts(model, [text for _, _, text in wordings(TESTED, every)]) @ vectors.T
    stories = encode_texts(model, load_lee()[0])
    return {
        "seconds": seconds,
        "handbook": rank_relevant(scores[:, : wanted.shape[1]], wanted),
        "haystack": rank_relevant(scores, wanted),
        "lee": (stories @ stories.T)[np.triu_indices(len(stories), 1)].tolist(),
        "reviews": _tell_reviews(model),
    }


def _tell_reviews(model: Any) -> list[int]:
    """Return of each review whether it was told right, 0 or 1, ten folds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    texts, labels = load_reviews()
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    told = cross_val_predict(LogisticRegression(max_iter=2000), encode_texts(model, texts), labels, cv=folds)
    return (told == np.array(labels)).astype(int).tolist()


@functools.cache
def tune_cross_encoder(seed: int, epochs: int, count: int) -> tuple[Any, Any]:
    """Return a tokenizer and MiniLM with one output, tuned to score a question's own passage above three others.

    count: on how many questions. The others are of the same ten documents: those nearest to the question that don't
    hold its answer.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(find_minilm(), local_files_only=True)
    pairs, texts, rng = load_pairs()[:count], passages(0), np.random.default_rng(seed)
    others = find_negatives()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForSequenceClassification.from_pretrained(
            find_minilm(), num_labels=1, local_files_only=True, dtype=torch.float32
        ).train()
        optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
        for _ in range(epochs):
            for rows in np.array_split(rng.permutation(len(pairs)), -(-len(pairs) // GROUPS)):
                coded = tokenizer(
                    [pairs[row][0] for row in rows for _ in range(1 + NEGATIVES)],
                    [texts[place] for row in rows for place in (pairs[row][1], *others[row])],
                    **_CUT,
                )
                logits = model(**coded).logits.reshape(len(rows), 1 + NEGATIVES)
                torch.nn.functional.cross_entropy(logits, torch.zeros(len(rows), dtype=torch.long)).backward()
                optimizer.step()
                optimizer.zero_grad()
    return tokenizer, model.eval()


_CUT = {"truncation": "only_second", "max_length": LONGEST, "padding": True, "return_tensors": "pt"}


def find_negatives() -> list[list[int]]:
    """Return of each pair three rows of passages of the training documents, the nearest without the answer."""
    known = {document for _, _, document in load_pairs()}
    inside = np.array([one.document in known for one in load_passages()])
    asked = encode_texts(encoder(), [text for text, _, _ in load_pairs()])
    scores = asked @ passage_vectors(0).T
    scores[:, ~inside] = -np.inf
    scores[relevant(TRAINED)] = -np.inf
    return np.argsort(-scores, axis=1)[:, :NEGATIVES].tolist()


def score_pairs(tokenizer: Any, model: Any, question: str, texts: Sequence[str]) -> np.ndarray:
    """Return a cross-encoder's scores of one question with N passages, shape (N,)."""
    import torch

    with torch.inference_mode():
        return model(**tokenizer([question] * len(texts), list(texts), **_CUT)).logits[:, 0].numpy()
