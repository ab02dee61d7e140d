"""Senses: the same word in sentences of two senses, as MiniLM sees it there and as one fixed vector a word sees it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.text_embeddings.searches import encoder
from studies.text_embeddings.trained import average_words
from workshop.data import SenseUse, load_task
from workshop.models import load_token_embeddings
from workshop.models.tokens import encode_word
from workshop.search import content_words
from workshop.vectors.geometry import unit

KINDS = ("house word", "control")


def run_senses() -> dict[str, Any]:
    """Return the cosines of each word's twelve sentences: of the word's vectors, and of the means of its context."""
    uses = load_task("senses")
    return compare_uses(uses)


def compare_uses(uses: Sequence[SenseUse]) -> dict[str, Any]:
    """Return by word: its kind, its sentences' groups, and their cosines (12, 12) in context and without.

    groups: the sense of a house word, the source of a control word.
    """
    table = load_token_embeddings()
    found = {}
    for word in dict.fromkeys(use.word for use in uses):
        mine = [use for use in uses if use.word == word]
        inside = unit(np.array([encode_word(encoder(), use.sentence, use.start, len(word)) for use in mine]))
        outside = unit(average_words([leave_out(use) for use in mine], *table))
        found[word] = {
            "kind": mine[0].kind,
            "groups": [use.sense if use.kind == "house word" else use.source for use in mine],
            "contextual": (inside @ inside.T).tolist(),
            "static": (outside @ outside.T).tolist(),
        }
    return found


def leave_out(use: SenseUse) -> list[str]:
    """Return the content words of a sentence without the word in question."""
    return content_words(use.sentence[: use.start] + " " + use.sentence[use.start + len(use.word) :])
