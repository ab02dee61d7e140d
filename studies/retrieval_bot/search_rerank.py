"""Look at the first passages again: by a cross-encoder tuned from MiniLM, and by the language model's likelihood."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from studies.retrieval_bot.search_plan import DEPTHS, TESTED
from studies.retrieval_bot.search_runs import (
    Clock,
    encoder,
    order_first,
    passage_vectors,
    passages,
    put_first,
    relevant,
    titled,
    wordings,
)
from studies.retrieval_bot.tuned import score_pairs, tune_cross_encoder
from studies.text_embeddings.searches import rank_relevant
from workshop.bot import encode_chats
from workshop.models import encode_texts, load_language_model
from workshop.search import StemSearch, fuse_scores
from workshop.settings import Settings

TASK = "{passage}\n\nWrite a question that this page answers."

Found = dict[str, Any]
Judge = Callable[[str, Sequence[str]], np.ndarray]


def run_cross_encoder(seed: int, size: int, every: int, epochs: int, pairs: int) -> Found:
    """Return what looking at the first 20 again by a cross-encoder gives, tuned on `train` with this seed."""
    clock = Clock()
    judge = functools.partial(score_pairs, *tune_cross_encoder(seed, epochs, pairs))
    training, found = clock.read(), rerank(judge, DEPTHS["cross-encoder"], size, every)
    return found | {"seconds": found["seconds"] | {"training": training}}


def run_likelihood(size: int, every: int) -> Found:
    """Return what looking at the first 10 again gives, by how likely SmolLM2 finds the question after each passage."""
    judge = functools.partial(score_likelihood, *load_language_model(Settings(device="cpu", threads=1)))
    return rerank(judge, DEPTHS["likelihood"], size, every)


def rerank(judge: Judge, depth: int, size: int, every: int) -> Found:
    """Return the ranks of each wording's relevant passages after both searches' z-scores and a second look.

    alone: ordered by the judge; added: by its z-scores and the first list's. before: without a second look. seconds:
    the milliseconds of the judge alone, a query.
    """
    asked, texts = [text for _, _, text in wordings(TESTED, every)], passages(size)
    near = encode_texts(encoder(), asked) @ passage_vectors(size).T
    tables: dict[str, list[np.ndarray]] = {"before": list(fuse_scores(StemSearch(titled(size)).score(asked), near))}
    tables |= {"alone": [], "added": []}
    spent = 0.0
    for text, fused in zip(asked, tables["before"], strict=True):
        first, clock = order_first(fused)[:depth], Clock()
        scores = judge(text, [texts[row] for row in first])
        spent += clock.read()
        tables["alone"].append(put_first(fused, first, scores))
        tables["added"].append(put_first(fused, first, fuse_scores(fused[first], scores)))
    ranks = {name: rank_relevant(np.array(table), relevant(TESTED, every)) for name, table in tables.items()}
    return {"ranks": ranks, "seconds": {"milliseconds": 1000 * spent / len(asked)}}


def score_likelihood(tokenizer: Any, model: Any, question: str, texts: Sequence[str]) -> np.ndarray:
    """Return the mean log-probability of the question's tokens after each of N passages, shape (N,).

    Source: Ponte and Croft 1998 (query likelihood); Sachan and others 2022 ask a language model for it.
    """
    import torch

    prompts = encode_chats(tokenizer, [TASK.format(passage=text) for text in texts])
    asked = tokenizer.encode(question, add_special_tokens=False)
    ids = torch.full((len(texts), max(map(len, prompts)) + len(asked)), tokenizer.eos_token_id)  # (N, T)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, : len(prompt) + len(asked)] = torch.tensor([*prompt, *asked])
        mask[row, : len(prompt) + len(asked)] = 1
    ends = torch.tensor([len(prompt) for prompt in prompts])[:, None] - 1 + torch.arange(len(asked))  # (N, asked)
    with torch.inference_mode():
        states = model.model(input_ids=ids, attention_mask=mask).last_hidden_state  # (N, T, D)
        picked = torch.gather(states, 1, ends[:, :, None].expand(-1, -1, states.shape[2]))
        logits = model.get_output_embeddings()(picked).float().log_softmax(-1)  # (N, asked, V)
    found = logits.gather(2, torch.tensor(asked).expand(len(texts), -1)[:, :, None])[:, :, 0]
    return found.mean(1).numpy()
