"""Proofs of lesson 07's exercises, each beside what else computes the same."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstage.grade.jail.wire import decode, encode
from tests.exercises.proofs import Answers, prove
from workshop.checks.protocol import equal, plain
from workshop.checks.registry import find_exercise, list_exercises
from workshop.models.static import find_minilm
from workshop.score import clipped_precision, entity_f1
from workshop.tune import align_labels, best_span, decoder_inputs

wrong, right = Answers(), Answers()


@wrong("7.1", "a span's first token begins with I")
def all_inside(tokens, spans):
    tags = []
    for place in range(len(tokens)):
        kinds = [kind for start, end, kind in spans if start <= place < end]
        tags.append("I-" + kinds[0] if kinds else "O")
    return tags


@wrong("7.1", "the token at `end` is tagged, too")
def end_included(tokens, spans):
    tags = ["O" for _ in tokens]
    for start, end, kind in spans:
        tags[start] = f"B-{kind}"
        for place in range(start + 1, end + 1):
            tags[place] = f"I-{kind}"
    return tags


@wrong("7.1", "of two spans side by side the second begins with I")
def neighbour_begins_with_i(tokens, spans):
    tags, inside = [], False
    for place in range(len(tokens)):
        found = [kind for start, end, kind in spans if place in range(start, end)]
        tags.append("O" if not found else f"I-{found[0]}" if inside else f"B-{found[0]}")
        inside = bool(found)
    return tags


@wrong("7.1", "a tag isn't letter, hyphen, kind")
def kind_left_out(tokens, spans):
    tags = np.full(len(tokens), "O")
    for start, end, _ in spans:
        tags[start:end] = "I"
        tags[start] = "B"
    return tags.tolist()


@right("7.1")
def token_by_token(tokens, spans):
    begins = {start: kind for start, _, kind in spans}
    goes_on = {place: kind for start, end, kind in spans for place in range(start + 1, end)}
    return tuple(
        f"B-{begins[i]}" if i in begins else f"I-{goes_on[i]}" if i in goes_on else "O" for i, _ in enumerate(tokens)
    )


@wrong("7.2", "tokens are counted, not spans")
def f1_of_tokens(truth, predicted):
    hits = named = 0
    for true, found in zip(truth, predicted, strict=True):
        a, b = ({i: kind for (s, e), kind in spans.items() for i in range(s, e)} for spans in (true, found))
        hits += sum(b.get(i) == a[i] for i in a)
        named += len(a) + len(b)
    return 2 * hits / named if named else 0


@wrong("7.2", "the kind is ignored")
def kind_ignored(truth, predicted):
    hits = sum(span in found for true, found in zip(truth, predicted, strict=True) for span in true)
    spans = sum(len(one) for one in truth + predicted)
    return 2 * hits / spans if spans else 0


@wrong("7.2", "the sentences are merged")
def sentences_merged(truth, predicted):
    true, found = ({span for one in several for span in one.items()} for several in (truth, predicted))
    return 2 * len(true & found) / (len(true) + len(found)) if true or found else 0


@wrong("7.2", "nothing is right, found or there")
def divided_by_zero(truth, predicted):
    hits = sum(len(set(a.items()) & set(b.items())) for a, b in zip(truth, predicted, strict=True))
    precision, recall = hits / sum(map(len, predicted)), hits / sum(map(len, truth))
    return 2 * precision * recall / (precision + recall)


@right("7.2")
def by_precision_and_recall(truth, predicted):
    true = [(row, *span, kind) for row, one in enumerate(truth) for span, kind in one.items()]
    found = [(row, *span, kind) for row, one in enumerate(predicted) for span, kind in one.items()]
    hits = len([one for one in found if one in true])
    if hits == 0:
        return 0
    precision, recall = np.float32(hits / len(found)), np.float32(hits / len(true))
    return 2 / (1 / precision + 1 / recall)


@wrong("7.3", "the best start and the best end are chosen apart")
def two_argmaxes(starts, ends, longest):
    return np.array(starts).argmax(), np.array(ends).argmax()


@wrong("7.3", "one end is chosen first, then the other")
def start_first(starts, ends, longest):
    first = starts.index(max(starts))
    allowed = ends[first : first + longest]
    return first, first + allowed.index(max(allowed))


@wrong("7.3", "logits are multiplied")
def product_of_logits(starts, ends, longest):
    best = None
    for i, start in enumerate(starts):
        for j, end in enumerate(ends):
            if i <= j < i + longest and (best is None or start * end > starts[best[0]] * ends[best[1]]):
                best = (i, j)
    return best


@wrong("7.3", "the longest spans are a token too long or too short")
def one_too_long(starts, ends, longest):
    pairs = [(i, j) for i in range(len(starts)) for j in range(i, len(ends)) if j - i <= longest]
    sums = [starts[i] + ends[j] for i, j in pairs]
    return pairs[int(np.argmax(sums))]


@wrong("7.3", "the best sum begins at 0")
def sum_from_zero(starts, ends, longest):
    first = last = best = 0
    for i in range(len(starts)):
        for j in range(i, min(len(starts), i + longest)):
            total = starts[i] + ends[j]
            if total > best:
                first, last, best = i, j, total
    return [first, last]


@right("7.3")
def as_a_table(starts, ends, longest):
    sums = np.add.outer(np.float32(starts), np.float32(ends))  # (T, T)
    away = np.subtract.outer(np.arange(len(ends)), np.arange(len(starts))).T
    sums[(away < 0) | (away >= longest)] = -np.inf
    return np.unravel_index(sums.argmax(), sums.shape)


def _cut(words, n):
    return [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]


@wrong("7.4", "nothing is clipped")
def unclipped(candidate, references, n):
    grams, known = _cut(candidate, n), [gram for one in references for gram in _cut(one, n)]
    return sum(gram in known for gram in grams) / len(grams) if grams else 0


@wrong("7.4", "clipped at the sum over the references")
def clipped_at_the_sum(candidate, references, n):
    known = [gram for one in references for gram in _cut(one, n)]
    hits, grams = 0, _cut(candidate, n)
    for gram in grams:
        if gram in known:
            known.remove(gram)
            hits += 1
    return hits / len(grams) if grams else 0


@wrong("7.4", "each n-gram counts once")
def sets_of_grams(candidate, references, n):
    mine, theirs = {*_cut(candidate, n)}, {gram for one in references for gram in _cut(one, n)}
    return len(mine & theirs) / len(mine) if mine else 0


@wrong("7.4", "each reference is scored by itself")
def the_best_reference(candidate, references, n):
    grams = Counter(_cut(candidate, n))
    shares = [(grams & Counter(_cut(one, n))).total() / max(1, grams.total()) for one in references]
    return max(shares)


@right("7.4")
def taken_away_one_by_one(candidate, references, n):
    left = Counter()
    for reference in references:
        for gram, count in Counter(zip(*(reference[i:] for i in range(n)), strict=False)).items():
            left[gram] = max(left[gram], count)
    hits = []
    for gram in zip(*(candidate[i:] for i in range(n)), strict=False):
        hits.append(left[gram] > 0)
        left[gram] -= 1
    return np.float32(np.mean(hits)) if hits else np.float32(0)


@wrong("7.5", "every piece gets its word's label")
def every_piece(word_ids, labels):
    return [-100 if word is None else labels[word] for word in word_ids]


@wrong("7.5", "None is used as a place in `labels`")
def none_as_a_place(word_ids, labels):
    made, seen = [], set()
    for word in word_ids:
        made.append(-100 if word in seen else labels[word])
        seen.add(word)
    return made


@wrong("7.5", "the words are counted, but one may have no piece")
def counts_words_itself(word_ids, labels):
    made, place, before = [], 0, None
    for word in word_ids:
        if word is None or word == before:
            made.append(-100)
        else:
            made.append(labels[place])
            place += 1
        before = word
    return made


@wrong("7.5", "word 0 or label 0 is taken for none")
def word_zero_is_false(word_ids, labels):
    made = []
    for place, word in enumerate(word_ids):
        new = word and word not in word_ids[:place]
        made.append(labels[word] if new else -100)
    return made


@wrong("7.5", "another number than -100 stands")
def zero_for_later_pieces(word_ids, labels):
    made = np.full(len(word_ids), -100)
    for place, word in enumerate(word_ids):
        if word is not None:
            made[place] = 0 if word in word_ids[:place] else labels[word]
    return made


@right("7.5")
def first_places(word_ids, labels):
    made = np.full(len(word_ids), -100)
    for word in {*word_ids} - {None}:
        made[word_ids.index(word)] = labels[word]
    return made


@right("7.5")
def group_by_group(word_ids, labels):
    made = []
    for word, group in itertools.groupby(word_ids):
        size = len(list(group))
        made += [-100] * size if word is None else [labels[word]] + [-100] * (size - 1)
    return made


@wrong("7.6", "shifted to the left")
def shifted_left(labels, start_id, pad_id):
    return [pad_id if token < 0 else token for token in [*labels[1:], start_id]]


@wrong("7.6", "-100 is left in")
def minus_100_left(labels, start_id, pad_id):
    return [start_id, *labels[:-1]]


@wrong("7.6", "it is one too long")
def one_too_many(labels, start_id, pad_id):
    ids = np.array([start_id, *labels])
    ids[ids == -100] = pad_id
    return ids


@wrong("7.6", "start_id and pad_id are exchanged")
def padding_first(labels, start_id, pad_id):
    ids = [pad_id]
    for label in labels[:-1]:
        ids.append(start_id if label == -100 else label)
    return ids


@right("7.6")
def rolled(labels, start_id, pad_id):
    ids = np.roll(np.array(labels), 1)
    ids[0] = start_id
    return np.where(ids == -100, pad_id, ids)


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "07_many_tasks", wrong, right
)


def test_lesson_gives_12_points_and_three_exercises_in_the_room():
    exercises = list_exercises("07")
    assert sum(exercise.points for exercise in exercises) == 12
    assert [exercise.id for exercise in exercises if exercise.room] == ["7.1", "7.3", "7.5"]


@pytest.mark.parametrize("exercise", list_exercises("07"), ids=lambda one: one.id)
def test_what_is_asked_travels_to_a_jail(exercise):
    for arguments in exercise.inputs(np.random.default_rng(0)):
        assert equal(decode(encode(plain(arguments))), plain(arguments))


@given(st.integers(0, 2**32))
def test_f1_is_that_of_a_plain_count(seed):
    truth, predicted = find_exercise("7.2").draw(np.random.default_rng(seed))
    true, found = (
        Counter((row, *span, kind) for row, one in enumerate(several) for span, kind in one.items())
        for several in (truth, predicted)
    )
    missed, made_up, hits = (true - found).total(), (found - true).total(), (true & found).total()
    assert entity_f1(truth, predicted) == (hits / (hits + (missed + made_up) / 2) if true or found else 0)


@given(st.data(), st.integers(1, 7), st.integers(1, 8))
def test_the_best_span_is_that_of_all_pairs(data, size, longest):
    starts, ends = (data.draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size)) for _ in "ab")
    allowed = [(i, j) for i in range(size) for j in range(size) if i <= j and j - i + 1 <= longest]
    most = max(starts[i] + ends[j] for i, j in allowed)
    assert best_span(starts, ends, longest) == min(pair for pair in allowed if starts[pair[0]] + ends[pair[1]] == most)


WORDS = st.lists(st.sampled_from("abc"), min_size=1, max_size=9)


@given(st.lists(st.sampled_from("abc"), min_size=4, max_size=9), st.lists(WORDS, min_size=1, max_size=3))
@settings(deadline=None)
def test_precisions_are_those_of_sacrebleu(candidate, references):
    bleu = pytest.importorskip("sacrebleu.metrics").BLEU(tokenize="none", smooth_method="none")
    score = bleu.corpus_score([" ".join(candidate)], [[" ".join(one)] for one in references])
    mine = [clipped_precision(candidate, references, n) for n in (1, 2, 3, 4)]
    assert mine == pytest.approx([count / total for count, total in zip(score.counts, score.totals, strict=True)])
    if all(score.counts):
        assert [100 * one for one in mine] == pytest.approx(score.precisions)


def test_labels_stand_where_a_tokenizer_begins_a_word():
    tokenizer = pytest.importorskip("transformers").AutoTokenizer.from_pretrained(find_minilm())
    words = ["Does", "the", "Morrow", "Light", "\u200b", "call", "at", "Kettlewick", "and", "Orrahaven", "?"]
    coded = tokenizer(words, is_split_into_words=True)
    labels = align_labels(coded.word_ids(), list(range(len(words))))
    firsts = {coded.word_to_tokens(word).start: word for word in range(len(words)) if word != 4}
    assert coded.word_to_tokens(4) is None  # a word of which the tokenizer leaves nothing
    assert coded.word_ids().count(7) > 1  # and one of several pieces
    assert {place: label for place, label in enumerate(labels) if label != -100} == firsts


def test_a_decoder_reads_what_t5_makes_of_the_labels():
    transformers, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")
    sizes = {"vocab_size": 20, "d_model": 4, "d_kv": 2, "d_ff": 4, "num_layers": 1, "num_heads": 1}
    config = transformers.T5Config(**sizes, decoder_start_token_id=1, pad_token_id=3)
    shift = transformers.T5ForConditionalGeneration(config)._shift_right
    rng = np.random.default_rng(0)
    for _ in range(20):
        labels = find_exercise("7.6").draw(rng)[0]
        assert decoder_inputs(labels, 1, 3) == shift(torch.tensor([labels]))[0].tolist()
