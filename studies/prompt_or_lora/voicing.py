"""Skerryline's voice: how the plain model is told of it, how a few pairs are learnt, and what is counted."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from studies.adapters.questions import SEED
from studies.adapters.scores import LONGEST_SENTENCE, VOICE_RULES, find_numbers
from studies.adapters.tasks import REWRITE, VOICE_TRAINED, draw_voice, make_voice_chat
from studies.adapters.wordings import Chat
from workshop.data import VoicePair

REPLY_TOKENS = 96
# Words that the house uses and the plain answers don't; a bench night by both words.
HOUSE = re.compile(
    r"\b(hops?|drags?|stills?|nest|kettle|tin|tinspace|driftback|bollards?|limpets?|foots|wake|bench night|roundels?"
    r"|crumbs|stowaways?|plumb)\b",
    re.IGNORECASE,
)
MARKS = (re.compile(r"^Ahoy\b[^,]{0,20},\s*"), re.compile(r"\bNext: "), re.compile(r"\s*Fair water, Skerryline\s*$"))
TOLD = (
    'Rewrite this answer in Skerryline\'s voice. Open with "Ahoy," and give the answer in the first sentence. Keep '
    "every sentence under 17 words. Use one of our own words, such as hop for a single ticket, drag for a late sailing "
    'or the Kettle for the shop on board. Put what to do next in a sentence that begins "Next:". Never use the words '
    "unfortunately, inconvenience, policy, valued, kindly or regret, and no exclamation mark. Make the last line "
    '"Fair water, Skerryline". The answer:\n'
)
INSTRUCTIONS = (REWRITE, TOLD)


@cache
def _split() -> tuple[tuple[VoicePair, ...], tuple[VoicePair, ...]]:
    """Return the pairs that may be learnt, 102, and those that are tested, 48."""
    pairs = draw_voice()
    return tuple(pairs[:VOICE_TRAINED]), tuple(pairs[VOICE_TRAINED:])


def draw_pairs(split: str, count: int) -> tuple[VoicePair, ...]:
    """Return pairs to choose a prompt on (dev: of those that may be learnt, after the examples) or to test on."""
    learnt, tested = _split()
    return learnt[3 : 3 + count] if split == "dev" else tested[:count]


def ask_voice(instruction: int, examples: int, one: VoicePair) -> Chat:
    """Return a chat that asks for an answer in the voice, after so many examples."""
    shown = [_put(instruction, pair) for pair in _split()[0][:examples]]
    return [*(turn for chat in shown for turn in chat), _put(instruction, one)[0]]


def _put(instruction: int, pair: VoicePair) -> Chat:
    return [
        {"role": "user", "content": INSTRUCTIONS[instruction] + pair.plain},
        {"role": "assistant", "content": pair.voiced},
    ]


def deal_pairs(count: int, steps: int, batch: int, seed: int) -> list[Chat]:
    """Return so many pairs of those that may be learnt, drawn by the seed, again and again: a chat for each place."""
    rng = np.random.default_rng([SEED, 2, seed])
    rows = [_split()[0][place] for place in rng.permutation(VOICE_TRAINED)[:count]]
    order: list[int] = []
    while len(order) < steps * batch:
        order += rng.permutation(len(rows)).tolist()
    return [make_voice_chat(rows[place]) for place in order[: steps * batch]]


def strip_marks(reply: str) -> str:
    """Return a reply without greeting, "Next:" and the last line."""
    for mark in MARKS:
        reply = mark.sub("", reply.strip())
    return reply


def score_voice(replies: Sequence[str], pairs: Sequence[VoicePair]) -> dict[str, list[float | None]]:
    """Score replies: all six rules, the four that are left without the marks, house words, numbers kept (or None)."""
    bare = [strip_marks(reply) for reply in replies]
    plain = [find_numbers(one.plain) for one in pairs]
    kept = [
        float(numbers <= find_numbers(reply)) if numbers else None
        for numbers, reply in zip(plain, replies, strict=True)
    ]
    return {
        "all six rules": [float(all(keeps(reply) for keeps in VOICE_RULES.values())) for reply in replies],
        "without marks": [float(_keeps_bare(text)) for text in bare],
        "a house word": [float(bool(HOUSE.search(text))) for text in bare],
        "numbers kept": kept,
    }


def _keeps_bare(text: str) -> bool:
    """Tell whether a reply without its marks keeps the rules that are left."""
    sentences = [one.split() for one in re.split(r"(?<=[.?:!])\s+", text)]
    rules = [VOICE_RULES[name](text) for name in ("no exclamation mark", "no forbidden word")]
    return bool(HOUSE.search(text)) and max(map(len, sentences)) <= LONGEST_SENTENCE and all(rules)
