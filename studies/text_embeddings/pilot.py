"""What could be detected at all: the spread on data that no claim is tried on, before the rules were fixed.

`python -m studies.text_embeddings.pilot` prints the figures that the rules state.
"""

from typing import Any

import numpy as np

from studies.text_embeddings.estimates import POWER, correlate_stories, find_smallest, score_ranks, separate
from studies.text_embeddings.people import upper
from studies.text_embeddings.plan import EDITION, HAYSTACK, PILOT_SPLIT, K
from studies.text_embeddings.searches import encoder, rank_relevant, relevant, wordings
from studies.text_embeddings.senses import compare_uses
from workshop.data import SenseUse, load_passages, load_wiki_passages, load_wiki_vectors
from workshop.data.wiki_vectors import quantize, restore
from workshop.models import encode_texts
from workshop.search import TfidfSearch
from workshop.vectors.geometry import unit

TESTED_DOCUMENTS, STORIES, HOUSE_WORDS, TEST_BASKETS = 54, 50, 6, 600
# Two methods that disagree on a quarter of all baskets: an assumption, no pilot is needed.
DISAGREE = 0.25
PILOT_WORDS = ("boat", "deck", "crew", "gate", "office", "card")


def run_pilot(draws: int) -> dict[str, float]:
    """Return the smallest detectable difference of each claim by its id."""
    words, whole, cut, small = _search_train()
    return {
        "C03": find_smallest(whole - words, TESTED_DOCUMENTS),
        "C29/128": find_smallest(cut - whole, TESTED_DOCUMENTS),
        "C29/int8": find_smallest(small - whole, TESTED_DOCUMENTS),
        "C04": _compare_passages(draws),
        "C27": find_smallest(_separate_pilot_words(), HOUSE_WORDS) * np.sqrt(2),
        "C05": POWER * float(np.sqrt(DISAGREE / TEST_BASKETS)),
    }


def _search_train() -> list[np.ndarray]:
    """Return recall@5 of paraphrases on the pilot's documents, each (documents,): TF-IDF, MiniLM, cut, in int8."""
    from sklearn.decomposition import PCA

    rows = [row for row, (one, kind, _) in enumerate(wordings()) if one.split == PILOT_SPLIT and kind == "paraphrase"]
    texts = [wordings()[row][2] for row in rows]
    handbook = [one.text for one in load_passages(edition=EDITION)]
    others = [one.text for one in load_wiki_passages()[: HAYSTACK - len(handbook)]]
    vectors = np.concatenate([encode_texts(encoder(), handbook), load_wiki_vectors()[: len(others)]])
    asked, pca = encode_texts(encoder(), texts), PCA(128, random_state=0).fit(vectors)
    tables = (
        TfidfSearch([*handbook, *others]).score(texts),
        asked @ vectors.T,
        unit(pca.transform(asked)) @ unit(pca.transform(vectors)).T,
        asked @ restore(*quantize(vectors)).T,
    )
    groups = np.array([wordings()[row][0].document for row in rows])
    found = [score_ranks(rank_relevant(table, relevant()[rows]))[f"recall@{K}"] for table in tables]
    return [np.array([values[groups == name].mean() for name in np.unique(groups)]) for values in found]


def _compare_passages(draws: int) -> float:
    """Return what Pearson's difference of MiniLM and TF-IDF must be on 50 texts, from 50 passages of the pilot.

    The stand-in for people's ratings: 1 where two passages are of one document, 0.2 where they aren't.
    """
    documents = sorted({one.document for one, _, _ in wordings() if one.split == PILOT_SPLIT})
    passages = [one for one in load_passages(edition=EDITION) if one.document in documents]
    rows = np.random.default_rng(0).permutation(len(passages))[:STORIES]
    texts, names = [passages[row].text for row in rows], np.array([passages[row].document for row in rows])
    people = upper(np.where(names[:, None] == names, 1.0, 0.2))
    vectors = encode_texts(encoder(), texts)
    tables = [upper(vectors @ vectors.T), upper(TfidfSearch(texts).score(texts))]
    dense, counted = (correlate_stories([table], people, len(texts), draws)["pearson"] for table in tables)
    return POWER * float(np.std(dense.minus(counted).spread, ddof=1))


def _separate_pilot_words() -> list[float]:
    """Return the separation of two groups that differ in nothing, for six words that no claim is tried on."""
    sentences = [line for one in load_passages(edition=EDITION) for line in one.text.replace("\n", " ").split(". ")]
    uses: list[SenseUse] = []
    for word in PILOT_WORDS:
        mine = [text for text in sentences if f" {word} " in text and text.count(word) == 1][:12]
        for number, text in enumerate(mine):
            uses.append(
                SenseUse("", "", word, "control", "", "ab"[number % 2], None, text, text.index(f" {word} ") + 1)
            )
    found = compare_uses(uses)
    return [separate(np.array(one["contextual"]), one["groups"]) for one in found.values()]


if __name__ == "__main__":
    figures: dict[str, Any] = run_pilot(2000)
    print("\n".join(f"{name}: {value:.3f}" for name, value in figures.items()))
