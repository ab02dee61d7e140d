"""Labels for tokens and for what an encoder-decoder writes; from a head's numbers back to a span of the text."""

from collections.abc import Sequence

IGNORED = -100


def bio_tags(tokens: list[str], spans: list[tuple[int, int, str]]) -> list[str]:
    """Return a tag for each of T tokens: B-kind begins a span, I-kind goes on in it, O stands outside of all.

    spans: (first token, token after the last, kind), apart. Source: Ramshaw and Marcus 1995, in the form that begins
    every span with B.
    """
    tags = ["O"] * len(tokens)
    for start, end, kind in spans:
        tags[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    return tags


def align_labels(word_ids: list[int | None], labels: list[int]) -> list[int]:
    """Return a label for each of P pieces: its word's at the word's first piece, -100 at others and where no word is.

    word_ids: which word each piece belongs to, None for a mark of the tokenizer's. labels: one a word.
    """
    before = [None, *word_ids]
    return [
        IGNORED if word is None or word == last else labels[word] for word, last in zip(word_ids, before, strict=False)
    ]


def best_span(starts: Sequence[float], ends: Sequence[float], longest: int) -> tuple[int, int]:
    """Return the first and last token of the best span: the highest starts[i] + ends[j] with i <= j < i + longest.

    starts, ends: logits of T tokens. Of equal sums the earliest i, then the earliest j. Source: Devlin et al. 2019.
    """
    pairs = [(i, j) for i in range(len(starts)) for j in range(i, min(i + longest, len(ends)))]
    return max(pairs, key=lambda pair: starts[pair[0]] + ends[pair[1]])


def decoder_inputs(labels: list[int], start_id: int, pad_id: int) -> list[int]:
    """Return what a decoder reads while it learns to write labels: a start mark, then the labels but for the last.

    -100, which only labels have, becomes pad_id. Source: Raffel et al. 2020.
    """
    return [start_id, *(pad_id if label == IGNORED else label for label in labels[:-1])]
