"""How well names were found, and how many n-grams of a text stand in a reference: F1 of spans, BLEU's precision."""

from collections import Counter
from collections.abc import Sequence

Spans = dict[tuple[int, int], str]


def read_tags(tags: Sequence[str]) -> Spans:
    """Return the spans that T BIO tags mark, (first token, token after the last) to kind.

    I-kind that goes on from nothing, or from another kind, begins a span, as in the field's usual scorers.
    """
    found: Spans = {}
    start, kind = 0, None
    for place, tag in enumerate([*tags, "O"]):
        mark, _, name = tag.partition("-")
        if kind is not None and (mark != "I" or name != kind):
            found[start, place] = kind
            kind = None
        if mark != "O" and kind is None:
            start, kind = place, name
    return found


def entity_f1(truth: list[Spans], predicted: list[Spans]) -> float:
    """Return the F1 of spans over N sentences, counted together: right only with both ends and the kind.

    truth, predicted: for each sentence (start, end) to kind. Where neither has a span, 0. Source: Tjong Kim Sang and
    De Meulder 2003.
    """
    right = sum(len(one.items() & other.items()) for one, other in zip(truth, predicted, strict=True))
    total = sum(map(len, truth)) + sum(map(len, predicted))
    return 2 * right / total if total else 0.0


def clipped_precision(candidate: list[str], references: list[list[str]], n: int) -> float:
    """Return the share of a candidate's n-grams that stand in a reference, none counted oftener than it stands there.

    Where the references differ, the one that has an n-gram oftest counts. A candidate shorter than n gives 0.
    Source: Papineni et al. 2002.
    """
    mine, *theirs = (_count(words, n) for words in (candidate, *references))
    right = sum(min(count, max(one[gram] for one in theirs)) for gram, count in mine.items())
    return right / max(1, mine.total())


def _count(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    """Count the runs of n words."""
    return Counter(tuple(words[place : place + n]) for place in range(len(words) - n + 1))


def rouge_l(text: str, reference: str) -> float:
    """Return ROUGE-L's F1: the longest common subsequence of lower-case words against both lengths, from 0 to 1.

    Words are runs of letters and digits, without stemming. Source: Lin 2004.
    """
    mine, theirs = _split(text), _split(reference)
    row = [0] * (len(theirs) + 1)
    for word in mine:
        before, row = row, [0]
        for place, other in enumerate(theirs):
            row.append(before[place] + 1 if word == other else max(row[-1], before[place + 1]))
    return 2 * row[-1] / max(1, len(mine) + len(theirs))


def _split(text: str) -> list[str]:
    """Return a text's words in lower case."""
    return "".join(letter.lower() if letter.isalnum() else " " for letter in text).split()
