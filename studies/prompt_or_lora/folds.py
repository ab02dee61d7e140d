"""What lesson 04 has in its folds: a sentence encoder's weights in few bits, and an adapter that speaks pig Latin."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.adapters.asking import load
from studies.grouped import Figure, average_runs
from studies.memory import PeakMemory
from studies.prompt_or_lora.plan import LESSON
from studies.text_embeddings.estimates import score_ranks
from studies.text_embeddings.plan import K
from studies.text_embeddings.searches import passages, rank_relevant, relevant, wordings
from workshop.bot import answer
from workshop.data import load_faq
from workshop.models import encode_texts, load_encoder
from workshop.score.results import Row
from workshop.settings import Settings
from workshop.tune import add_lora, fine_tune, make_examples
from workshop.tune.lora import borrowed

BITS_INPUTS = (
    *("prompt_or_lora/folds", "text_embeddings/searches", "text_embeddings/estimates", "retrieval_runs"),
    *("models/texts", "models/encoder", "haystack", "skerryline/handbook", "handbook_v2", "faq"),
)
PIG_INPUTS = ("prompt_or_lora/folds", "skerryline/faq", "tune/training", "batches", "tune/lora")
# Weights that share a scale, and bits of a weight; 32: as they are.
BLOCK, WHOLE, BITS = 32, 32, (32, 8, 4, 2)
SCALE_BITS = 16
KINDS = ("question", "paraphrase")
# Words of a list or a sentence; examples in the prompt of the plain model; the adapter's rate.
WORDS, SHOWN, PIG_RATE, PIG_TOKENS = 5, 3, 4e-3, 72

Found = dict[str, Any]
Cell = tuple[Any, ...]


def squeeze(weights: np.ndarray, bits: int, block: int = BLOCK) -> np.ndarray:
    """Return weights as they come back from so many bits each, float32, in the same shape.

    Each block of weights that follow on one another is rounded to 2**bits levels, evenly spread from minus its largest
    magnitude to plus it; that magnitude is kept in float16. The number of weights is a multiple of the block.
    """
    blocks = weights.reshape(-1, block)  # (N, block)
    largest = np.abs(blocks).max(axis=1, keepdims=True).astype(np.float16).astype(np.float32)  # (N, 1)
    largest = np.maximum(largest, np.finfo(np.float16).smallest_subnormal)  # a block of zeros has a scale, too
    steps = 2**bits - 1
    codes = np.rint((blocks / largest + 1) / 2 * steps).clip(0, steps)  # whole numbers, the ones that are kept
    return ((codes / steps * 2 - 1) * largest).reshape(weights.shape).astype(np.float32)


def list_bits(every: int = 1) -> list[Cell]:
    """Return the runs of the encoder, one for each number of bits. every: one in so many wordings and passages."""
    return [(bits, every) for bits in BITS]


def search_in_few_bits(bits: int, every: int) -> Found:
    """Search the handbook with MiniLM whose linear layers are kept in so many bits a weight.

    Returns by wording the share of its passages among five; the size of the change, as a share of the weights' own
    (both root mean squares); how many weights; their megabytes; and the vectors' mean cosine with the whole encoder's.
    """
    import torch

    encoder = load_encoder(Settings(threads=1))
    asked = [text for _, _, text in wordings()][::every]
    wanted = relevant()[::every]
    kept = np.flatnonzero(wanted.any(axis=0) | (np.arange(wanted.shape[1]) % every == 0))
    texts = [passages(wanted.shape[1])[place] for place in kept]
    before = encode_texts(encoder, asked)
    layers = [one for one in encoder.modules() if isinstance(one, torch.nn.Linear)]
    changed = [_squeeze_layer(layer, bits) for layer in layers if bits < WHOLE]
    queries = encode_texts(encoder, asked) if changed else before
    count = sum(layer.weight.numel() for layer in layers)
    ranks = rank_relevant(queries @ encode_texts(encoder, texts).T, wanted[:, kept])
    return {
        "error": float(np.sqrt(np.divide(*np.sum(changed, axis=0)))) if changed else 0.0,
        "weights": count,
        "megabytes": count * (bits if bits == WHOLE else bits + SCALE_BITS / BLOCK) / 8e6,
        "cosine": float((before * queries).sum(axis=1).mean()),
        "recall": score_ranks(ranks)[f"recall@{K}"].tolist(),
    }


def _squeeze_layer(layer: Any, bits: int) -> tuple[float, float]:
    """Round a layer's weights in place; returns the sums of squares of the change and of the weights."""
    import torch

    old = layer.weight.detach().numpy()
    new = squeeze(old, bits)
    sums = float(((new - old) ** 2).sum()), float((old**2).sum())
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(new))
    return sums


def tell_bits(found: dict[Cell, Found], every: int = 1) -> list[Row]:
    """Return the rows of the encoder in few bits: recall for each kind of wording, and its difference to the whole."""
    groups, kinds = (np.array(one)[::every] for one in zip(*((q.document, k) for q, k, _ in wordings()), strict=True))
    rows = []
    for (bits, _), run in found.items():
        method, size = f"{bits} bits", {"megabytes": run["megabytes"], "settings": {"bits": bits, "block": BLOCK}}
        rows += [
            Row(LESSON, method, "MiniLM", name, run[name], n=run["weights"], **size) for name in ("error", "cosine")
        ]
        for kind in KINDS:
            mine = kinds == kind
            now, whole = (
                average_runs([np.array(one["recall"])[mine]], groups[mine]) for one in (run, found[WHOLE, every])
            )
            told = {f"recall@{K}": now} | ({f"recall@{K}_minus_whole": now.minus(whole)} if bits < WHOLE else {})
            rows += [
                _tell(method, f"handbook, {kind}s", name, one, int(mine.sum()), size) for name, one in told.items()
            ]
    return rows


def _tell(method: str, task: str, metric: str, one: Figure, n: int, more: Found) -> Row:
    """Return a figure with its interval as a row."""
    return Row(LESSON, method, task, metric, one.value, *one.interval, n, **more)


def turn_into_pig_latin(word: str) -> str:
    """Move what stands before the first vowel to the end and add "ay"; a word that begins with one gets "way"."""
    start = next((place for place, letter in enumerate(word) if letter in "aeiouy"), 0)
    return word[start:] + word[:start] + ("ay" if start else "way")


def draw_words(seed: int, lists: int, asked: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return lists of five words each to learn from, no word twice, and the ends of questions of five words each.

    The words are those of the FAQ's other questions. Words of up to eight letters.
    """
    texts = [one.question for one in load_faq() if re.fullmatch("[A-Za-z ]+[?]", one.question)]
    ends = [re.findall("[a-z]+", text.lower())[-WORDS:] for text in texts]
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(ends))
    short = [ends[place] for place in order if max(map(len, ends[place])) <= 8 and len(ends[place]) == WORDS]
    words = sorted({word for end in short[asked:] for word in end if len(word) > 1})
    drawn = [words[place] for place in rng.permutation(len(words))]
    return [drawn[place : place + WORDS] for place in range(0, lists * WORDS, WORDS)], short[:asked]


def spell(words: Sequence[str]) -> str:
    """Write words letter by letter, so that the model reads each letter as a token of its own."""
    return ", ".join(" ".join(word) for word in words)


def speak_pig(seed: int, lists: int, asked: int, facts: int) -> Found:
    """Tune on so many lists, or with none show three in the prompt, and ask for sentences and for facts of Skerryline.

    Returns the words asked with whether they were learnt from and are right in their place, and the replies to facts.
    """
    tokenizer, model = load()
    learnt, sentences = draw_words(seed, lists or SHOWN, asked)
    chats = [ask_pig(words, turn_into_pig_latin) for words in learnt]
    before = [] if lists else [turn for chat in chats for turn in chat[1:]]
    questions = [one for one in load_faq() if one.document][:facts]
    with borrowed(model), PeakMemory() as memory:
        done, tuned = None, model
        if lists:
            tuned = add_lora(model, seed=seed)
            done = fine_tune(tuned, make_examples(tokenizer, chats), epochs=1, rate=PIG_RATE, batch=1, seed=seed)
        asks = [[*ask_pig(words)[:1], *before, *ask_pig(words)[1:]] for words in sentences]
        replies = answer(tokenizer, tuned, asks, max_new_tokens=PIG_TOKENS)
        told = answer(tokenizer, tuned, [one.question for one in questions]) if questions else []
        trained = sum(one.numel() for one in tuned.parameters() if one.requires_grad) if lists else 0
    known = {word for words in learnt for word in words}
    return {
        "sentences": sentences,
        "replies": replies,
        "seen": [[word in known for word in words] for words in sentences],
        "facts": told,
        "truths": [one.answer for one in questions],
        "seconds": done.seconds if done else 0.0,
        "parameters": trained,
        "peak_megabytes": memory.megabytes,
    }


def ask_pig(words: Sequence[str], turn: Any = None) -> list[dict[str, str]]:
    """Return a chat that asks for words in pig Latin; with a rule also the answer."""
    chat = [{"role": "system", "content": "Pig Latin"}, {"role": "user", "content": spell(words)}]
    return [*chat, {"role": "assistant", "content": spell([turn(word) for word in words])}] if turn else chat


def score_pig(run: Found) -> dict[str, list[tuple[int, float]]]:
    """Return of unseen and of seen words (the sentence's number, 1 where the word in its place follows the rule)."""
    scores: dict[str, list[tuple[int, float]]] = {"unseen": [], "seen": []}
    for number, (words, reply, seen) in enumerate(zip(run["sentences"], run["replies"], run["seen"], strict=True)):
        written = [one.replace(" ", "") for one in reply.split(",")]
        for place, (word, known) in enumerate(zip(words, seen, strict=True)):
            right = place < len(written) and written[place] == turn_into_pig_latin(word)
            scores["seen" if known else "unseen"].append((number, float(right)))
    return scores


def tells_fact(reply: str, truth: str) -> bool:
    """Tell whether a reply holds the truth, its letters put together, as it is or in pig Latin."""
    words = re.findall("[a-z0-9]+", truth.lower())
    found = "".join(re.findall("[a-z0-9]", reply.lower()))
    return "".join(words) in found or "".join(map(turn_into_pig_latin, words)) in found


def tell_pig(found: dict[Cell, Found]) -> list[Row]:
    """Return the rows of pig Latin: words that follow the rule, sentences drawn anew, and facts told, seed by seed."""
    rows = []
    for (seed, lists, *_), run in found.items():
        method = "LoRA" if lists else "prompt, 3 examples"
        settings = {"words": (lists or SHOWN) * WORDS, "peak_megabytes": run["peak_megabytes"]}
        more = {"seconds": run["seconds"], "trained_parameters": run["parameters"], "seed": seed, "settings": settings}
        for name, scores in score_pig(run).items():
            if scores:
                numbers, right = zip(*scores, strict=True)
                figure = average_runs([right], list(map(str, numbers)))
                rows.append(_tell(method, "pig Latin", f"{name} words right", figure, len(right), more))
        right = [tells_fact(*one) for one in zip(run["facts"], run["truths"], strict=True)]
        if right:
            rows.append(Row(LESSON, method, "pig Latin", "facts right", float(np.mean(right)), n=len(right), **more))
    return rows
