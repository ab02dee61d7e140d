"""Proofs of lesson 03's exercises; their references against other libraries."""

import itertools
import os
import random
import subprocess
import sys
import zlib

import numpy as np
import pytest

from tests.exercises.proofs import Answers, prove
from workshop.checks.registry import list_exercises
from workshop.exercises import finetune_classifier as lesson

wrong, right = Answers(), Answers()


def _f1(label, truth, predicted):
    hits = sum(1 for t, p in zip(truth, predicted, strict=True) if t == label and p == label)
    if not hits:
        return 0
    precision, recall = hits / predicted.count(label), hits / truth.count(label)
    return 2 * precision * recall / (precision + recall)


@wrong("3.1", "this is accuracy")
def accuracy(truth, predicted):
    return np.mean([t == p for t, p in zip(truth, predicted, strict=True)])


@wrong("3.1", "one F1 is made of the mean precision")
def f1_of_means(truth, predicted):
    precisions, recalls = [], []
    for label in set(truth) | set(predicted):
        hits = sum(t == p == label for t, p in zip(truth, predicted, strict=True))
        precisions.append(hits / predicted.count(label) if label in predicted else 0)
        recalls.append(hits / truth.count(label) if label in truth else 0)
    p, r = np.mean(precisions), np.mean(recalls)
    return 2 * p * r / (p + r) if p + r > 0 else 0


@wrong("3.1", "only the classes of one of the two lists count")
def classes_of_the_truth(truth, predicted):
    labels = list(dict.fromkeys(truth))
    return sum(_f1(label, truth, predicted) for label in labels) / len(labels)


@right("3.1")
def library(truth, predicted):
    from sklearn.metrics import f1_score

    return f1_score(truth, predicted, average="macro", zero_division=0)


@wrong("3.2", "rows are dealt out, not customers")
def rows_shuffled(customers, shares, seed):
    rows = np.random.default_rng(seed).permutation(len(customers))
    first, second = (np.cumsum(shares)[:2] * len(rows)).round().astype(int)
    return rows[:first].tolist(), rows[first:second].tolist(), rows[second:].tolist()


@wrong("3.2", "the customers come out of a set")
def order_of_a_set(customers, shares, seed):
    names = list(set(customers))
    random.Random(seed).shuffle(names)
    first, second = round(shares[0] * len(names)), round((shares[0] + shares[1]) * len(names))
    side = {name: (i >= first) + (i >= second) for i, name in enumerate(names)}
    return [[row for row, name in enumerate(customers) if side[name] == which] for which in (0, 1, 2)]


@wrong("3.2", "customers are left over")
def sizes_cut_down(customers, shares, seed):
    names = np.random.default_rng(seed).permutation(np.unique(customers))
    parts, start = [], 0
    for share in shares:
        size = int(share * len(names) * 0.99)
        parts.append([row for row, name in enumerate(customers) if name in names[start : start + size]])
        start += size
    return parts


@wrong("3.2", "`seed` isn't used")
def never_shuffled(customers, shares, seed):
    names = sorted(set(customers))
    cuts = (np.cumsum(shares)[:2] * len(names)).round().astype(int)
    return [[i for i, name in enumerate(customers) if name in part] for part in np.split(names, cuts)]


@wrong("3.2", "the draw doesn't begin at `seed`")
def no_generator(customers, shares, seed):
    names = random.sample(sorted(set(customers)), len(set(customers)))
    cuts = (np.cumsum(shares)[:2] * len(names)).round().astype(int)
    return [[i for i, name in enumerate(customers) if name in part] for part in np.split(names, cuts)]


@wrong("3.2", "the shares are taken of rows")
def shares_of_rows(customers, shares, seed):
    names = np.random.default_rng(seed).permutation(sorted(set(customers)))
    parts, place = [[], [], []], 0
    for name in names:
        while place < 2 and len(parts[place]) >= shares[place] * len(customers):
            place += 1
        parts[place] += [row for row, other in enumerate(customers) if other == name]
    return parts


@right("3.2")
def order_of_appearance(customers, shares, seed):
    order, count = list(dict.fromkeys(customers)), len(set(customers))
    random.seed(seed)
    random.shuffle(order)
    cuts = [0, int(count * shares[0]), int(count * (shares[0] + shares[1])), count]
    return tuple(np.flatnonzero(np.isin(customers, order[start:stop])) for start, stop in itertools.pairwise(cuts))


@right("3.2")
def sorted_by_a_checksum(customers, shares, seed):
    order = sorted(set(customers), key=lambda name: zlib.crc32(f"{seed}/{name}".encode()))
    cuts = (np.cumsum(shares)[:2] * len(order)).round().astype(int)
    return [[i for i, name in enumerate(customers) if name in part] for part in np.split(order, cuts)]


@wrong("3.3", "the mask asks which ids differ")
def mask_by_value(sequences, pad_id):
    longest = max(map(len, sequences))
    ids = np.array([sequence + [pad_id] * (longest - len(sequence)) for sequence in sequences])
    return ids, (ids != pad_id).astype(int)


@wrong("3.3", "every row gets one fixed length")
def always_eight(sequences, pad_id):
    ids, mask = np.full((len(sequences), 8), pad_id), np.zeros((len(sequences), 8))
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)], mask[row, : len(sequence)] = sequence, 1
    return ids, mask


@wrong("3.3", "the function writes into its input")
def extended_in_place(sequences, pad_id):
    lengths = [len(sequence) for sequence in sequences]
    for sequence in sequences:
        sequence += [pad_id] * (max(lengths) - len(sequence))
    return sequences, [[1] * n + [0] * (max(lengths) - n) for n in lengths]


@right("3.3")
def table_filled(sequences, pad_id):
    lengths = np.array([len(sequence) for sequence in sequences])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(mask.shape, pad_id)
    ids[mask] = [token for sequence in sequences for token in sequence]
    return [ids, mask]


@wrong("3.4", "whole columns are taken")
def whole_columns(logits, labels):
    log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, np.newaxis]
    return np.mean(-log_p[:, labels])


@wrong("3.4", "the softmax runs down the columns")
def softmax_down(logits, labels):
    powers = np.exp(logits - logits.max(axis=0))
    p = powers / powers.sum(axis=0)
    return np.mean([-np.log(p[i, label]) for i, label in enumerate(labels)])


@wrong("3.4", "the probabilities themselves are averaged")
def no_logarithm(logits, labels):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return 1 - (powers / powers.sum(axis=1, keepdims=True))[range(len(labels)), labels].mean()


@wrong("3.4", "exp() of a large logit is infinite")
def overflow(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.mean(np.log([row[label] for row, label in zip(p, labels, strict=True)]))


@right("3.4")
def torch_float32(logits, labels):
    import torch

    return torch.nn.functional.cross_entropy(torch.tensor(logits, dtype=torch.float32), torch.tensor(labels))


@wrong("3.5", "layer 1 is found in the name of layer 10")
def frozen_by_text(names, top_layers):
    layers = {name.split(".layer.")[-1].split("layer.")[-1].split(".")[0] for name in names if "layer." in name}
    frozen = [f"layer.{number}" for number in range(len(layers) - top_layers)] + ["embeddings"]
    return [name for name in names if not any(text in name for text in frozen)]


@wrong("3.5", "with 0 all layers are trained")
def minus_zero(names, top_layers):
    numbers = sorted({int(name.split("layer.")[1].split(".")[0]) for name in names if "layer." in name})
    top = [f"layer.{number}." for number in numbers[-top_layers:]]
    return [name for name in names if "classifier" in name or any(text in name for text in top)]


@wrong("3.5", "the lowest layers are trained")
def lowest_layers(names, top_layers):
    chosen = [name for name in names if any(f"layer.{number}." in name for number in range(top_layers))]
    return chosen + [name for name in names if name.startswith("classifier.")]


@right("3.5")
def by_expression(names, top_layers):
    import re

    found = [re.search(r"layer\.(\d+)\.", name) for name in names]
    highest = max(int(each[1]) for each in found if each)
    top = [name for name, each in zip(names, found, strict=True) if each and int(each[1]) > highest - top_layers]
    return tuple(reversed([*top, *(name for name in names if name.split(".")[0] == "classifier")]))


@wrong("3.6", "the rate jumps at the peak")
def jump(step, steps, warmup, peak):
    if step < warmup:
        return peak * step / warmup
    return max(0, peak * (steps - step) / steps)


@wrong("3.6", "without a warm-up it divides by 0")
def divided_by_no_warmup(step, steps, warmup, peak):
    return peak * max(0, min(step / warmup, (steps - step) / (steps - warmup)))


@wrong("3.6", "after the end the rate is negative")
def below_zero(step, steps, warmup, peak):
    if step >= warmup:
        return peak - peak * (step - warmup) / (steps - warmup)
    return step * (peak / warmup)


@right("3.6")
def interpolated(step, steps, warmup, peak):
    if warmup == 0:
        return np.interp(step, [0, steps], [peak, 0])
    return np.interp(step, [0, warmup, steps], [0, peak, 0])


@wrong("3.7", "the lowest of all losses")
def sees_the_future(losses, patience):
    return losses.index(min(losses))


@wrong("3.7", "where it stopped is returned")
def epoch_of_the_stop(losses, patience):
    best, waited = losses[0], 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < best else waited + 1
        best = min(best, losses[epoch])
        if waited == patience:
            return epoch
    return losses.index(best)


@wrong("3.7", "each loss is compared with the one before")
def compared_with_the_previous(losses, patience):
    best, worse = 0, 0
    for epoch in range(1, len(losses)):
        worse = worse + 1 if losses[epoch] >= losses[epoch - 1] else 0
        if losses[epoch] < losses[best]:
            best = epoch
        if worse == patience:
            return best
    return best


@right("3.7")
def windows(losses, patience):
    best = 0
    while True:
        ahead = [i for i in range(best + 1, min(best + patience, len(losses) - 1) + 1) if losses[i] < losses[best]]
        if not ahead:
            return best
        best = ahead[0]


@wrong("3.8", "errors are counted")
def counted(truth, predicted, groups, group):
    errors = [g for t, p, g in zip(truth, predicted, groups, strict=True) if t != p]
    if group not in groups or set(groups) == {group}:
        return 0
    return errors.count(group) - (len(errors) - errors.count(group))


@wrong("3.8", "the group is compared with everyone")
def against_everyone(truth, predicted, groups, group):
    bad, inside = np.array(truth) != np.array(predicted), np.array(groups) == group
    return bad[inside].mean() - bad.mean() if inside.any() else 0.0


@wrong("3.8", "the sign is turned")
def gap_of_right_rows(truth, predicted, groups, group):
    good, inside = np.array(truth) == np.array(predicted), np.array(groups) == group
    return good[inside].mean() - good[~inside].mean() if inside.any() and not inside.all() else 0.0


@right("3.8")
def by_masks(truth, predicted, groups, group):
    bad = np.array(truth, dtype=object) != np.array(predicted, dtype=object)
    inside = np.array([each == group for each in groups])
    if inside.all() or not inside.any():
        return 0
    return np.float32(bad[inside].mean()) - np.float32(bad[~inside].mean())


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "03_finetune_classifier", wrong, right
)


def test_lesson_gives_18_points_and_four_exercises_in_the_room():
    exercises = list_exercises("03")
    assert sum(exercise.points for exercise in exercises) == 18
    assert [exercise.id for exercise in exercises if exercise.room] == ["3.1", "3.2", "3.4", "3.7"]


SPLITS = """
import numpy as np
from tests.exercises import test_finetune_classifier as answers
from tests.exercises.proofs import diagnose, read_line
from workshop.exercises.finetune_classifier import split_by_customer, draw_customers
print([split_by_customer.reference(*draw_customers(np.random.default_rng(seed))) for seed in range(3)])
for seed in range(6):
    said = diagnose(split_by_customer, answers.order_of_a_set, seed)
    assert read_line(said, "Likely").startswith("the customers come")
    assert diagnose(split_by_customer, answers.order_of_appearance, seed) is None
    assert diagnose(split_by_customer, answers.sorted_by_a_checksum, seed) is None
"""


def test_a_split_is_the_same_in_two_processes_and_a_set_is_noticed_in_each():
    said = []
    for seed in ("1", "2"):
        changed = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", SPLITS], env=changed, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]


def test_scores_agree_with_scikit_learn():
    from sklearn.metrics import f1_score

    for seed in range(30):
        truth, predicted = lesson.draw_labels(np.random.default_rng(seed), 7)
        assert lesson.macro_f1(truth, predicted) == pytest.approx(f1_score(truth, predicted, average="macro"))
