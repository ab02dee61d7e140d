"""Lesson 03: scoring, splitting, padding, the loss, what is trained, the rate, when to stop, who bears the errors."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from workshop.checks.kinds import Case, Kind, Named
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import BAG, CHOICE, SCALAR, parts
from workshop.checks.values import describe
from workshop.score.classes import error_gap, macro_f1
from workshop.tune.parts import learning_rate, pad_batch, stop_at

lesson(
    "03_finetune_classifier",
    title="Fine-tune a classifier",
    minutes=88,
    seconds=130,
    extra="tune",
    libraries=("sklearn.metrics", "sklearn.model_selection", "torch"),
    causes={
        "below": "fewer tickets or epochs, a rate far from 2e-4, or labels that slipped against the texts.",
        "above": "test tickets among the training tickets: a split by rows instead of customers.",
    },
)

TONES, ISLANDS = ["calm", "angry", "worried", "confused"], ["Ottermay", "Grimmow", "Tarve"]
BY_HAND = "do the card's example by hand, and print the values in between."


def told(kind: Kind, tell: Callable[[Case], Named | None]) -> Kind:
    """Return a kind of answer with one more way to say how a wrong answer stands to the right one."""
    return replace(kind, relations=(*kind.relations, tell))


def draw_labels(rng: np.random.Generator, count: int) -> tuple[list[str], list[str]]:
    """Draw what is true of some tickets and what is predicted, right in about half of the cases."""
    truth, guess = ([TONES[i] for i in rng.integers(0, len(TONES), count)] for _ in range(2))
    return truth, [t if rng.random() < 0.4 else g for t, g in zip(truth, guess, strict=True)]


ABOVE_1 = ("it is beyond 1, as no share is: a count stands in a share's place, or a division is upside down.",
           "print each share: what is counted goes on top, all that it is counted among below.")  # fmt: skip
SHARE = told(SCALAR, lambda case: ABOVE_1 if abs(case.got) > 1 else None)
macro_f1 = exercise(
    "3.1", macro_f1, title="score every class alike", points=2, minutes=8, stars=2, room=True, answer=SHARE
)
macro_f1.tries(
    (["calm", "calm", "calm", "angry"], ["calm", "calm", "angry", "angry"]), (["calm", "angry"], ["calm", "calm"]),
    (["calm", "calm", "angry"], ["calm", "worried", "angry"]), (["calm", "angry"], ["angry", "calm"]),
    (["calm", "angry", "angry", "worried", "calm"], ["calm", "angry", "calm", "worried", "worried"]),
)  # fmt: skip
macro_f1.draws(lambda rng: draw_labels(rng, rng.integers(6, 10)), times=3)
ONE_F1, MEAN_F1 = "2 * precision * recall / (precision + recall) if hits else 0.0", "return sum(scores) / len(scores)"
GIVEN, TRUE = " / max(1, predicted.count(label))", " / max(1, truth.count(label))"
macro_f1.mistakes(
    (MEAN_F1, "return sum(t == p for t, p in zip(truth, predicted)) / len(truth)",
     "this is accuracy, the share of all rows that are right: large classes decide it.",
     "compute F1 for one class at a time, then the mean of the classes."),
    ((ONE_F1, "(precision, recall)", MEAN_F1,
      "p, r = (sum(each) / len(each) for each in zip(*scores))\n    return 2 * p * r / (p + r) if p + r else 0.0"),
     "one F1 is made of the mean precision and the mean recall; the mean of the F1s is another number.",
     "compute F1 inside the loop, from the precision and recall of that class."),
    ([("{*truth, *predicted}", "{*truth}"), ("{*truth, *predicted}", "{*predicted}")],
     "only the classes of one of the two lists count.", "go through the classes of both lists together."),
    (("scores.append(", "scores.append(truth.count(label) * (", "0.0)", "0.0))", "len(scores)", "len(truth)"),
     "each class counts by its number of rows, so the large ones decide.", "go through {*truth, *predicted}."),
    ([(ONE_F1, "(precision + recall) / 2"), (ONE_F1, "precision"), (ONE_F1, "recall")],
     "precision and recall are averaged, or one of them alone.", "F1 is 2 · P · R / (P + R)."),
    (ONE_F1, "2 * precision * recall / precision + recall if hits else 0.0",
     "the brackets are missing: a / b + c is (a / b) + c.", "put brackets around P + R."),
    ([(GIVEN, ""), (TRUE, ""), (GIVEN, "", TRUE, "")], "precision or recall is a count: nothing is divided.",
     "divide the right ones by the predictions of the class, and by its rows."),
    ("scores.append(", "hits and scores.append(", "classes without a right row are left out: they are the worst.",
     "give such a class an F1 of 0, and let it count."),
    ([(" if hits else 0.0", ""), (GIVEN, " / predicted.count(label)"), (TRUE, " / truth.count(label)")],
     "a division by zero: a class is never predicted, never true or never right.",
     "ask first whether there is anything to divide by; where there isn't, the value is 0."),
    ("    return sum", "        return sum",
     "only one class is scored: `return` stands inside the loop, or a class is named.",
     "let `return` come after the loop, and the loop go through all classes."),
)  # fmt: skip


@exercise("3.2", title="split by customer", points=3, minutes=11, stars=3, room=True, answer=parts())
def split_by_customer(
    customers: list[str], shares: tuple[float, float, float], seed: int
) -> tuple[list[int], list[int], list[int]]:
    """Return the rows for training, validation and test: whole customers, drawn by the seed."""
    names = sorted(set(customers))  # sorted: the order of a set changes from one start of Python to the next
    np.random.default_rng(seed).shuffle(names)
    first, second = round(shares[0] * len(names)), round((shares[0] + shares[1]) * len(names))
    groups = names[:first], names[first:second], names[second:]
    return tuple([row for row, name in enumerate(customers) if name in group] for group in groups)


def draw_customers(rng: np.random.Generator) -> tuple[list[str], tuple[float, float, float], int]:
    """Draw the customers of about 80 rows, half of them one customer's, and shares that differ."""
    names = [f"C{number:04}" for number in rng.permutation(9999)[: rng.integers(26, 32)]]
    rows = [name for place, name in enumerate(names) for _ in range(rng.integers(1, 3) if place else 40)]
    shares = [(0.6, 0.25, 0.15), (0.5, 0.3, 0.2), (0.7, 0.1, 0.2)][rng.integers(3)]
    return [rows[i] for i in rng.permutation(len(rows))], shares, int(rng.integers(0, 100))


split_by_customer.tries((["C3", "C1", "C3", "C2", "C5"], (0.5, 0.25, 0.25), 0))
split_by_customer.draws(draw_customers, times=4)


# fmt: off
def find_faults(value: Any, customers: list[str], shares: tuple[float, ...]) -> Iterator[tuple[Any, str, str, str]]:
    """Yield what a split must be, one thing after the other: whether it is, in words, likely cause, next step."""
    groups = [np.ravel(each).tolist() for each in value] if isinstance(value, list) else []
    rows = [row for group in groups for row in group]
    places = {*map(type, rows)} == {int} and 0 <= min(rows) <= max(rows) < len(customers)
    named = bool(rows) and {*map(str, rows)} <= {*customers}
    yield (len(groups) == 3 and places, "three lists of rows, counted from 0",
           "customers' names are returned, not their rows." if named else "other values than places in the list.",
           "for each list, collect the places at which one of its customers stands.")
    yield ({*rows} == {*range(len(customers))}, "every row in one of the lists",
           *(("only one row of each customer is there: index() finds the first.", "go through all rows of the data.")
             if len({*rows}) == len({*customers}) else
             ("customers are left over: int() or round() cuts each share down, and what is cut off is nobody's.",
              "let the last list have all that the others don't hold.")))
    yield (len({*rows}) == len(rows), "every row once",
           "the lists overlap, or a row is entered once for each row of its customer.",
           "let each list begin where the one before ends, and go through the rows once.")
    held = [{customers[row] for row in group} for group in groups]
    yield (sum(map(len, held)) == len({*customers}), "all rows of a customer in one list",
           "rows are dealt out, not customers: who stands on both sides is partly known before the test.",
           "shuffle and cut the list of different customers; then collect their rows.")
    want = [share * len({*customers}) for share in shares]
    yield (all(abs(len(have) - size) < 2 for have, size in zip(held, want, strict=True)),
           f"about {describe(want, 3)} customers in the lists, not {[len(each) for each in held]}",
           "the shares are taken of rows, not of customers, or the list of customers is cut at other places.",
           "count the different customers; cut at shares[0] and at shares[0] + shares[1] of that.")


@split_by_customer.checks
def judge_split(ask: Any) -> None:
    """Judge a split by what it must be: there are many right ones."""
    def split(customers: list[str], shares: tuple[float, ...], seed: int) -> list[set[int]]:
        value, call = ask(customers, shares, seed), f"{describe(customers)}, {tuple(shares)}, {seed}"
        for right, wanted, *cause in find_faults(value, customers, shares):
            ask.true(right, f"split_by_customer({call}) gives {wanted}.", value, *cause)
        return [{*map(int, group)} for group in value]

    # The order of a set depends on the names and on which row comes first; a right order on one of them at most.
    asked, renamed, turned = split_by_customer.inputs(ask.rng), True, True
    for customers, shares, seed in asked:
        groups = split(customers, shares, seed)
        ask.true(split(customers, shares, seed) == groups, "the same rows from two calls with one seed.", "other rows.",
                 "the draw doesn't begin at `seed`, so every call gives another split.",
                 "make a generator of your own, np.random.default_rng(seed), inside the function.")
        new = {name: f"K{place:03}{ask.rng.integers(1000)}" for place, name in enumerate(sorted({*customers}))}
        renamed &= split([new[name] for name in customers], shares, seed) == groups
        held = [{customers[row] for row in group} for group in groups]
        for rows in (customers[::-1], *([customers[i] for i in ask.rng.permutation(len(customers))] for _ in range(3))):
            turned &= [{rows[row] for row in group} for group in split(rows, shares, seed)] == held
    splits = [split(*asked[-1][:2], seed) for seed in range(4)]
    ask.true(any(each != splits[0] for each in splits), "other splits with other seeds.", "the same rows with 0 to 3.",
             "`seed` isn't used, or nothing is shuffled.", "shuffle the customers with default_rng(seed), then cut.")
    ask.true(renamed or turned, "the same rows whenever Python is started anew.", "rows that depend on a set's order.",
             "the customers come out of a set, whose order of texts changes with each start of Python.",
             "bring them into an order of their own before you shuffle: sorted(…).")
# fmt: on

pad_batch = exercise("3.3", pad_batch, title="pad a batch", points=2, minutes=6, stars=1, answer=parts("ids", "mask"))
pad_batch.tries(
    ([[7, 8, 9], [5]], 0), ([[4], [3, 0], [0, 2, 6, 5]], 0), ([[1, 2]], 9), ([[], [4, 5]], 1),
    ([[2, 3, 1, 3, 2], [3], [1, 3]], 3),
)  # fmt: skip
pad_batch.draws(
    lambda rng: ([rng.integers(0, 7, length).tolist() for length in rng.integers(1, 7, 3)], rng.integers(0, 7))
)
LONGEST, MASK = "max(map(len, sequences))", "[1] * len(one) + [0] * (longest - len(one))"
FILL, ROWS = "[pad_id] * (longest - len(one))", f"[{MASK} for one in sequences]"
FILLED, LEFT = f"[*one, *{FILL}]", f"[*{FILL}, *one]"
pad_batch.mistakes(
    ([(ROWS, f"[[int(token != {pad}) for token in row] for row in ids]") for pad in ("pad_id", "0")],
     "the mask asks which ids differ from the padding's, but a real token may have that id too.",
     "make the mask from the lengths: so many ones, then zeros."),
    ([(FILLED, LEFT), (FILLED, LEFT, MASK, "[0] * (longest - len(one)) + [1] * len(one)")],
     "the padding stands on the left.", "put the tokens first, then what fills them up."),
    ([(LONGEST, f"{n}", FILLED, f"{FILLED}[:{n}]", MASK, f"({MASK})[:{n}]") for n in (*range(3, 21), 32, 64, 128, 512)],
     "every row gets one fixed length, whatever the batch needs.", "pad to the longest sequence of this batch."),
    ([(LONGEST, "len(sequences[0])"), (LONGEST, "len(sequences[-1])"), (LONGEST, "len(max(sequences))")],
     "the length isn't that of the longest sequence: max() of lists compares tokens.", "take the largest length."),
    ((LONGEST, "min(map(len, sequences))", FILLED, "one[:longest]", MASK, "[1] * longest"),
     "the sequences are cut to the shortest: tokens are lost.", "fill the short ones up instead."),
    (("[1]", "[0]", "[0]", "[1]"), "the mask is inverted: 1 stands where 0 belongs.", "1 marks a token."),
    ("[pad_id]", "[0]", "it is filled up with 0, whatever the padding's id is.", "fill up with `pad_id`."),
    ("[0]", "[1]", "the mask holds nothing but ones: it is made after the padding, or of the longest length.",
     "use each sequence's own length, as it was before the padding."),
    ([(ROWS, "[len(one) for one in sequences]"), (MASK, "[1] * len(one)")],
     "the mask holds the lengths, or ends with the tokens.", "write so many ones, and zeros up to the end of the row."),
)  # fmt: skip


@exercise("3.4", title="write the loss", points=3, minutes=10, stars=3, room=True, answer=SCALAR)
def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean over N rows of minus the log of the softmax probability of the true class; logits (N, C)."""
    shifted = logits - logits.max(axis=1, keepdims=True)  # (N, C), at most 0
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, C)
    return float(-log_probabilities[np.arange(len(labels)), labels].mean())


cross_entropy.tries(
    (np.array([[0.0, 0]]), np.array([0])), (np.array([[2.0, 0, 0], [0, 1, 3]]), np.array([0, 1])),
    (np.array([[1.0, 2], [2, 1], [0, 3]]), np.array([1, 1, 0])), (np.array([[0.0, 0, 0, 0]]), np.array([3])),
    (np.array([[1000.0, 0], [0, 1000]]), np.array([0, 1])), (np.array([[0.0, -1000]]), np.array([1])),
    (np.array([[1000.0, 0], [0, 0]]), np.array([0, 1])), (np.array([[0.0, 1], [2, 0], [1, 1]]), np.array([0, 0, 1])),
)  # fmt: skip
cross_entropy.draws(lambda rng: (rng.integers(-3, 4, (4, 3)).astype(float), rng.integers(0, 3, 4)))
SHIFT, TRUE_ONES = "logits - logits.max(axis=1, keepdims=True)", "log_probabilities[np.arange(len(labels)), labels]"
ROW_SUM = "np.exp(shifted).sum(axis=1, keepdims=True)"
LOGS, RESULT = f"shifted - np.log({ROW_SUM})", f"-{TRUE_ONES}.mean()"
SOFTMAX, ONES = f"np.exp(shifted) / {ROW_SUM}", "np.eye(logits.shape[1])[labels]"
BOUNDS = ("np.log({} + {})", "np.log(np.maximum({}, {}))")
LOG_FIRST = "don't make the probability first: log(a / b) is log a - log b, and log(exp(x)) is x."
cross_entropy.mistakes(
    ([(TRUE_ONES, "log_probabilities[:, labels]"), (TRUE_ONES, "log_probabilities[labels]")],
     "whole columns are taken, [:, labels], or whole rows.", "pick one number a row: give np.arange(N) for the rows."),
    ([(SHIFT, shift, LOGS, logs) for shift in (SHIFT, "logits", "logits - logits.max(0)")
      for logs in ("shifted - np.log(np.exp(shifted).sum(0))", "np.log(np.exp(shifted) / np.exp(shifted).sum(0))")],
     "the softmax runs down the columns, axis=0.", "each row's probabilities must add up to 1; try the other axis."),
    ([(SHIFT, shift, ROW_SUM, "np.exp(shifted).sum()") for shift in (SHIFT, "logits", "logits - logits.max()")],
     "the softmax takes all numbers together.", "each row needs a sum of its own: axis=1, keepdims=True."),
    ([(RESULT, f"{sign}np.exp({TRUE_ONES}).mean()") for sign in ("-", "", "1 - ")],
     "the probabilities themselves are averaged: the logarithm is missing.", "take the log, then the mean."),
    ([(SHIFT, "logits"), (SHIFT, "logits", LOGS, f"np.log({SOFTMAX})")],
     "exp() of a large logit is infinite: beyond about 700, no float holds it.",
     "subtract each row's largest logit first: the probabilities stay the same."),
    ([(LOGS, f"np.log({SOFTMAX})"), (SHIFT, "logits - logits.max()")],
     "a tiny probability, or a row's sum, is rounded to 0, and log 0 is minus infinity.",
     f"subtract each row's own largest logit, and {LOG_FIRST}"),
    ([(LOGS, form.format(SOFTMAX, 10.0**-power)) for power in (3, 5, 7, 8, 9, 10, 12, 15) for form in BOUNDS],
     "what is added against log 0 bounds the loss: a row that is surely wrong must cost more.", LOG_FIRST),
    (RESULT, f"-{TRUE_ONES}.sum()", "the losses are added up: with more rows the loss would grow.", "take the mean."),
    ([(RESULT, f"{TRUE_ONES}.mean()", SHIFT, shift, LOGS, logs) for shift in (SHIFT, "logits")
      for logs in (LOGS, f"np.log({SOFTMAX})")], "the minus is missing: the log of a probability is never above 0.",
     "put a minus in front: a loss is small when all is well."),
    (RESULT, f"-np.log(np.exp({TRUE_ONES}).mean())", "the mean is taken before the logarithm.",
     "take the log of each row's probability first, then the mean of the logs."),
    (TRUE_ONES, "log_probabilities.max(axis=1)", "the most probable class is scored, not the true one.",
     "pick the place that the row's label names."),
    ([(RESULT, f"{RESULT} / np.log({base})", SHIFT, shift, LOGS, logs) for base in (2, 10)
      for shift in (SHIFT, "logits") for logs in (LOGS, f"np.log({SOFTMAX})")],
     "the log has another base.", "use np.log: base e."),
    (TRUE_ONES, f"({ONES} * log_probabilities)", "the mean is taken over all N times C numbers.",
     "there is one number for each row, that of its true class: divide by the number of rows."),
    ([(LOGS, logs) for logs in ("logits", "shifted", "np.log(logits)", "np.log(np.maximum(logits, 1e-9))")],
     "the logits are used as if they were probabilities: the softmax is missing.", "divide exp() by the row's sum."),
    ([(RESULT, f"((np.exp(log_probabilities) - {ONES}) ** 2).mean()"), (RESULT, "np.mean(logits.argmax(1) != labels)")],
     "squared differences, or right rows, are averaged.", "use minus the log of the true class's probability."),
)  # fmt: skip


@exercise("3.5", title="choose what is trained", points=2, minutes=9, stars=2, answer=BAG)
def trainable_parameters(names: list[str], top_layers: int) -> list[str]:
    """Return the names of the head and of the topmost layers; layers are counted from the names."""
    numbers = {name: int(name.split("layer.")[1].split(".")[0]) for name in names if "layer." in name}
    lowest = max(numbers.values()) + 1 - top_layers
    return [name for name in names if name.startswith("classifier.") or numbers.get(name, -1) >= max(0, lowest)]


def name_parameters(layers: int, *each: str) -> list[str]:
    """Return the names of a network's parameters, from the embeddings up; each: those of a layer."""
    middle = [f"layer.{number}.{part}" for number in range(layers) for part in each]
    return ["embeddings.word.weight", *middle, "classifier.weight", "classifier.bias"]


trainable_parameters.tries(
    (["embeddings.weight", "layer.0.weight", "layer.1.weight", "layer.2.weight", "classifier.weight"], 2),
    (name_parameters(12, "weight"), 2), (name_parameters(2, "query.weight", "query.bias"), 0),
    (name_parameters(12, "weight"), 11), (name_parameters(4, "key", "value"), 1), (name_parameters(3, "weight"), 3),
    (["bert.embeddings.LayerNorm.bias", "bert.encoder.layer.0.output.dense.bias", "classifier.bias"], 1),
    (name_parameters(2, "weight"), 5),
)  # fmt: skip
trainable_parameters.draws(
    lambda rng: (
        name_parameters(rng.integers(5, 15), *rng.permutation(["key", "query", "value"])[:2]),
        rng.integers(0, 5),
    )
)
KEPT, COUNT = "numbers.get(name, -1) >= max(0, lowest)", "max(numbers.values()) + 1"
trainable_parameters.mistakes(
    ('.split(".")[0])', "[0])", "one digit is read, or numbers are compared as texts: 10 comes before 2 then.",
     "read up to the next dot, and make a number of it with int()."),
    (KEPT, 'name in numbers and not any(f"layer.{n}" in name for n in range(lowest))',
     "layer 1 is found in the name of layer 10 too.", "compare numbers, or look for the text with both dots."),
    (KEPT, "numbers.get(name) in sorted({*numbers.values()})[-top_layers:]",
     "with 0 all layers are trained: [-0:] is the whole list.", "cut at the number of layers - `top_layers`."),
    (KEPT, "-1 < numbers.get(name, -1) < top_layers",
     "the lowest layers are trained, next to the embeddings.", "take the highest numbers, next to the head."),
    (COUNT, "max(numbers.values())", "one layer too many: counted from 0, there is one more than the highest number.",
     BY_HAND),
    ('name.startswith("classifier.") or ', "", "the head is missing.", "take what begins with classifier. too."),
    ([(KEPT, "numbers.get(name, 99) >= max(0, lowest)"), (" >= max(0, lowest)", " >= lowest")],
     "the embeddings are trained too: they are neither head nor layer.", "take the head and the top layers alone."),
    ([(COUNT, f"{number}") for number in (3, 6, 12)], "the number of layers is fixed, whatever the names say.",
     "find the highest layer number in the names."),
    ([(KEPT, "numbers.get(name, -1) == lowest"), (KEPT, "numbers.get(name, -1) >= top_layers")],
     "one layer is trained, or those from number `top_layers` on.", "`top_layers` is how many, from the top."),
    (COUNT, "len(numbers)", "names are counted; a layer has several.", "find the highest layer number."),
)  # fmt: skip


RATES = told(SCALAR, lambda case: (
    ("the way up is wrong: the rate of a step below `warmup`.", "which share of the warm-up is over then?")
    if case.arguments[0] < case.arguments[2]
    else ("the way up is right; the way down is wrong, or what comes after it.",
          "which share of the steps after the warm-up is still to come? And beyond the last step?")
))  # fmt: skip
learning_rate = exercise(
    "3.6", learning_rate, title="warm up, then slow down", points=2, minutes=6, stars=2, answer=RATES
)
learning_rate.tries(
    (1, 10, 2, 0.8), (0, 10, 2, 0.8), (3, 12, 4, 1.0), (2, 10, 2, 0.8), (6, 10, 2, 0.8), (10, 10, 2, 0.8),
    (12, 10, 2, 0.8), (0, 8, 0, 0.4), (2, 8, 0, 0.4), (5, 12, 4, 1.0),
)  # fmt: skip
learning_rate.draws(
    lambda rng: (rng.integers(0, 22), rng.integers(8, 20), rng.integers(0, 6), rng.choice([0.2, 0.5, 1.0])), times=4
)
RISE, SPAN, DOWN = "peak * step / warmup", "max(1, steps - warmup)", "max(0.0, (steps - step) / max(1, steps - warmup))"
BELOW = "    if step < warmup:\n        return peak * step / warmup\n"
learning_rate.mistakes(
    (SPAN, "steps", "the rate jumps at the peak: the way down is divided by all steps, not by those that are left.",
     "at step `warmup` the way down must begin at `peak`."),
    (DOWN, "max(0, 1 - (step - warmup) / steps)", "the rate isn't 0 at the end: the way down is too long.",
     "divide by the number of steps after the warm-up."),
    (DOWN, f"(steps - step) / {SPAN}", "after the end the rate is negative.", "keep it from going below 0."),
    ([("step < warmup", "step <= warmup"), (BELOW, "    up = step / warmup\n", DOWN, f"min(up, {DOWN})")],
     "without a warm-up it divides by 0.", "ask first whether the step lies within the warm-up."),
    ((BELOW, "    up = step / max(1, warmup)\n", DOWN, f"min(up, {DOWN})"),
     "without a warm-up the first rate is 0 instead of the peak.", "go up only while `step` is below `warmup`."),
    (BELOW, "", "there is no warm-up: the rate only falls.", "below step `warmup`, let it rise from 0."),
    (DOWN, "1", "after the warm-up the rate stays at its peak.", "let it fall to 0 in a straight line."),
    ([(RISE, "step / warmup", f"peak * {DOWN}", DOWN), (RISE, "step / warmup"), (f"peak * {DOWN}", DOWN)],
     "a share from 0 to 1 is returned: the peak is missing.", "multiply by `peak`, on both ways."),
    (RISE, "peak * (step + 1) / warmup", "the steps are counted from 1.", "the rate of step 0 is 0."),
    (RISE, "peak * step / steps", "the way up is divided by all steps: it ends too low.", "divide by `warmup`."),
)  # fmt: skip

EPOCH = told(CHOICE, lambda case: (
    ("it stops too early, or an epoch with a lower loss isn't kept." if case.got < case.want
     else "it goes on for too long: that epoch comes after the stop, or isn't better than the best."), BY_HAND
))  # fmt: skip
stop_at = exercise("3.7", stop_at, title="know when to stop", points=3, minutes=8, stars=2, room=True, answer=EPOCH)
stop_at.tries(
    ([5, 3, 4, 2, 6, 7, 1], 2), ([5, 4, 3, 2], 2), ([3, 4, 5, 6], 1), ([5, 3, 3, 3, 1], 3), ([5, 3, 3, 3, 1], 2),
    ([9, 8, 9, 7, 8, 6, 7, 5], 2), ([4], 1), ([5, 9, 8, 7, 6, 1], 3), ([6, 5, 7, 8, 4, 9, 9, 9, 2], 3),
    ([3, 8, 2, 9], 2), ([2, 5, 4, 6, 1], 2), ([3, 0, 2, 1, 4], 2),
)  # fmt: skip
stop_at.draws(lambda rng: (rng.integers(1, 10, 9).tolist(), rng.integers(1, 4)), times=8)
BEST, WAIT, END = "losses[best]", "place - best >= patience", "    return best"
LAST = "losses[place - patience : place + 1]"
stop_at.mistakes(
    ("break", "pass", "the lowest of all losses: it may come after the stop, in epochs that never ran.",
     "go through the losses one by one, and leave the loop when it is time to stop."),
    ([("break", "return place"), ("break", "return place", END, "    return len(losses) - 1")],
     "where it stopped is returned; the best epoch lies before that.", "keep the best epoch in a name of its own."),
    ([(BEST, "losses[max(0, place - 1)]"), (WAIT, f"place >= patience and {LAST} == sorted({LAST})")],
     "each loss is compared with the one before.", "compare with the lowest loss so far."),
    (WAIT, "sum(losses[i] >= min(losses[:i]) for i in range(1, place + 1)) >= patience",
     "all epochs without a new lowest loss are counted, not those in a row.",
     "begin to count anew as soon as there is a new lowest loss."),
    (f"< {BEST}", f"<= {BEST}", "an equal loss counts as better.", "only a lower one does: <, not <=."),
    (WAIT, "place - best > patience", "it stops one epoch too late.", "leave at `patience` epochs: >=, not >."),
    (WAIT, "place > best and place - best >= patience - 1", "it stops one epoch too early.", BY_HAND),
    ([(WAIT, "place > best"), (WAIT, "place >= patience")],
     "it stops at the first epoch that isn't better, or at `patience`.",
     "count the epochs since the lowest loss so far, and compare with `patience`."),
    ([(END, "    return losses[best]"), (END, "    return best + 1")],
     "the loss is returned, or its place counted from 1.", "return the index, counted from 0."),
)  # fmt: skip

error_gap = exercise("3.8", error_gap, title="see who bears the errors", points=1, minutes=5, stars=1, answer=SHARE)
SIX = (["calm", "calm", "calm", "angry", "calm", "angry"], ["calm", "angry", "calm", "angry", "angry", "angry"],
       ["Ottermay", "Ottermay", "Grimmow", "Grimmow", "Tarve", "Grimmow"])  # fmt: skip
error_gap.tries(
    (*SIX, "Ottermay"), (*SIX, "Grimmow"), (["calm", "calm"], ["angry", "calm"], ["Grimmow", "Tarve"], "Grimmow"),
    (["calm"], ["angry"], ["Grimmow"], "Ottermay"), (["calm"], ["angry"], ["Tarve"], "Tarve"),
)  # fmt: skip
error_gap.draws(
    lambda rng: (*draw_labels(rng, 9), [*ISLANDS, *rng.choice(ISLANDS, 6)], ISLANDS[rng.integers(3)]), times=3
)
GAP, NOBODY = "sum(mine) / len(mine) - sum(others) / len(others)", "not (mine and others)"
RATE = "sum(t != p for t, p, g in zip(truth, predicted, groups) if g == one) / groups.count(one)"
error_gap.mistakes(
    (GAP, "sum(mine) - sum(others)", "errors are counted, so a group with many rows has many.",
     "divide by the number of rows, in the group and outside of it."),
    ([(" if g != group", ""), (" if g == group", "")], "the group is compared with everyone, itself included.",
     "leave the group's own rows out of the others."),
    (GAP, "sum(others) / len(others) - sum(mine) / len(mine)", "the sign is turned: right rows are counted, or the "
     "group is subtracted from the others.", "take the share of wrong rows: the group's minus the others'."),
    (GAP, f"abs({GAP})", "the gap has lost its sign.", "where the group has fewer errors, it lies below 0."),
    ([(GAP, "sum(mine) / len(mine)"), (GAP, "sum(others) / len(others)")],
     "one rate is returned, with nothing to compare it with.", "subtract the others' rate from the group's."),
    ([(GAP, "(sum(mine) - sum(others)) / len(truth)"), (GAP, "sum(mine) / (sum(mine) + sum(others) or 1)")],
     "it is divided by the number of all rows, or of all errors.", "divide each count by the number of its own rows."),
    (GAP, f"sum(mine) / len(mine) - sum({RATE} for one in {{*groups}} - {{group}}) / (len({{*groups}}) - 1)",
     "every other group counts the same, however few rows it has.", "put the rows of all others together."),
    (GAP, f"max({RATE} for one in groups) - min({RATE} for one in groups)",
     "this is the widest gap between two groups: where there are several small ones, it is large by chance.",
     "compare the one group that is asked about with all other rows."),
    ([(NOBODY, "False"), (NOBODY, "not mine"), (NOBODY, "not others")],
     "a division by zero: nobody is in the group, or nobody is outside of it.", "return 0 then."),
    ((NOBODY, "False", GAP, "sum(mine) / max(1, len(mine)) - sum(others) / max(1, len(others))"),
     "where the group is absent, or alone, the rate of nobody counts as 0.", "return 0 then: there is no gap to tell."),
)  # fmt: skip
