"""Lesson 06: a difference with its interval, what a bot costs, which one is good enough, gains of two levers."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from workshop.checks.mistakes import Rule
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import CHOICE, SCALAR, parts
from workshop.checks.values import as_array

lesson(
    "06_tune_or_retrieve",
    title="Tune or retrieve?",
    minutes=75,
    seconds=150,
    extra="learn",
    libraries=("scipy.stats",),
    causes={
        "below": "fewer cases than the recipe's, another adapter than the one named, or a prompt without its passages.",
        "above": "questions that the adapter was tuned on, or passages chosen with the answer in hand.",
    },
)
LEAST = 1e-6


class SameInterval(Rule):
    """Two intervals are one where width and centre differ by a tenth of the width at most: draws are chance."""

    def same(self, got: Any, want: Any) -> bool:
        """Tell whether two intervals are the same but for chance; other values are compared as everywhere."""
        ends, others = as_array(got), as_array(want)
        if ends is None or others is None or not ends.shape == others.shape == (2,):
            return super().same(got, want)
        allowed = LEAST + 0.1 * np.ptp(others)
        return bool(abs(np.diff(ends - others)[0]) <= allowed and abs((ends - others).mean()) <= allowed)


@exercise("6.1", title="a difference with its interval", points=4, minutes=12, stars=3, room=True, seconds=10.0,
          answer=replace(parts("low", "high"), rule=SameInterval(), relations=(lambda case: None if len(case.got) != 2
          or not np.isfinite(case.got).all() else ("all draws are the same one: is the generator made in the loop?"
          if np.ptp(case.got) < LEAST < np.ptp(case.want) else "the interval lies elsewhere, or is too {}.".format(
              "wide" if np.ptp(case.got) > np.ptp(case.want) else "narrow"), "print some draws."),)))  # fmt: skip
def paired_bootstrap(a: np.ndarray, b: np.ndarray, groups: list[str], draws: int, seed: int) -> tuple[float, float]:
    """Return the middle 95 % of the mean of a - b (N,), whole groups drawn with replacement and their rows pooled."""
    names, places = np.unique(groups, return_inverse=True)
    rng, shares = np.random.default_rng(seed), np.full(len(names), 1 / len(names))
    times = rng.multinomial(len(names), shares, size=draws)[:, places]  # (draws, N), how often each row counts
    means = times @ (a - b) / times.sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def with_scores(groups: str, a: Any, b: Any, draws: int, seed: int) -> tuple[Any, ...]:
    """Return arguments of rows whose groups have names of one letter, and whose scores have one digit."""
    return np.array([*a], dtype=float), np.array([*b], dtype=float), [*groups], draws, seed


# But in the last one the ends are certain: many more than 2.5 % of the draws give them. There, a tenth is far off.
MANY = ("tutvwxyzpqrs", "937816294583", "251746136052")
paired_bootstrap.tries(*(with_scores(*one) for one in (
    ("xxxy", "1111", "0001", 2000, 0), ("xxyy", "3311", "2200", 1000, 1), ("xxyy", "4031", "2222", 2000, 2),
    ("uvuwxuyuz", "101001010", "000000000", 2000, 3), (*MANY, 4000, 9))))  # fmt: skip
paired_bootstrap.draws(lambda rng: with_scores("xyxyyxy", *rng.integers(0, 6, (2, 7)), 2000, rng.integers(99)), times=2)
MIDDLE, SUMS, DIVIDED = "np.percentile(means, [2.5, 97.5])", "times @ (a - b)", " / times.sum(axis=1)"
PLACES, TIMES, ROWS = "np.unique(groups, return_inverse=True)", "[:, places]", "[np.arange(len(a))] * 2"
APART, CUT = f"times @ a{DIVIDED} - times[::-1] @ b", "2.5 % of the draws lie beyond either end."
SHARES, SIZE = "np.full(len(names), 1 / len(names))", ("multinomial(len(names)", "multinomial(len(a)")
BELL = ("(a - b).mean() + (a - b).std() / len(a) ** 0.5 *", "means.mean() + means.std() *")
paired_bootstrap.mistakes(
    (PLACES, ROWS, "rows are drawn one by one, as if those of a group had nothing in common.", "draw whole groups."),
    ([(SUMS, APART, ".sum(axis=1)", "[::-1].sum(axis=1)", *rows) for rows in ((), (PLACES, ROWS))],
     "a and b are drawn apart: what is hard for both doesn't cancel.", "take the same rows of both, or a - b first."),
    (TIMES, "[:, places] * 0 + 1", "each draw has all the groups.", "draw with replacement: some come twice."),
    (TIMES, f"{TIMES} / np.bincount(places)[places]", "a mean of the groups' means is taken.",
     "pool the rows of all drawn groups, then take one mean: a large group counts more."),
    (TIMES, f".clip(max=1){TIMES}", "a group drawn twice counts once, as with `in` or a set.", "add its rows twice."),
    ([(SHARES, "np.bincount(places) / len(a)", *more) for more in ((), SIZE)], "a large group is drawn more often: "
     "`groups` names it once a row.", "draw from the different names."),
    (SIZE, "as many groups are drawn as there are rows.", "count the different groups."),
    (MIDDLE, "np.percentile(means, [5, 95])", "5 % are cut off either end, not 2.5.", CUT),
    (MIDDLE, "np.percentile(means, [0.025, 0.975])", "percentile() counts to 100, quantile() to 1.", CUT),
    (MIDDLE, "np.percentile(a - b, [2.5, 97.5])", "it is where single rows lie, not means.", "draw first."),
    (MIDDLE, "means.min(), means.max()", "nothing is cut off: these are the extremes.", CUT),
    ([(MIDDLE, f"{way} np.r_[-{n}, {n}]") for way in BELL for n in (1, 1.96, 2)],
     "a standard error is added and subtracted.", "sort the means of all draws, and cut both ends off."),
    ([(DIVIDED, ""), (DIVIDED, " / len(a)")], "draws aren't divided by their numbers of rows.", "take the mean."),
    ("(a - b)", "(b - a)", "b comes first: the sign is turned.", "take a - b: above 0, a is better."),
    ([("(a - b)", "a"), ("(a - b)", "b")], "only one of the two methods is looked at.", "average a - b."),
    ("float(low), float(high)", "means.mean()", "one number is returned, the mean.", "return both ends."),
)  # fmt: skip


@paired_bootstrap.checks
def judge_bootstrap(ask: Any) -> None:
    """Compare with the reference, but for chance; then ask whether the seed decides what is drawn."""
    ask.each(paired_bootstrap.inputs(ask.rng))
    one, again, *others = (np.ravel(ask(*with_scores(*MANY, 9, seed))).tolist() for seed in (1, 1, 2, 3, 4))
    ask.true(one == again and others != [one] * 3, "9 draws give one interval with seed 1, others with 2, 3 and 4.",
             [one, again, *others], "the draws don't begin at `seed`.", "use default_rng(seed), inside.")  # fmt: skip


@exercise("6.2", title="what a bot costs in all, if the facts change", points=2, minutes=4, stars=1, answer=SCALAR)
def total_cost(setup: float, each: float, questions: int, refresh: float, changes: int) -> float:
    """Return what a bot costs in all: set up once, `each` a question, `refresh` for each change of the facts."""
    return setup + each * questions + refresh * changes


total_cost.tries((20, 2, 5, 3, 4), (20, 2, 5, 3, 0), (0, 3, 4, 0, 0), (0, 0, 0, 4, 3), (5, 0.5, 8, 1.5, 2))
total_cost.draws(lambda rng: tuple(rng.integers(1, 10, 5)), times=3)
ASKED, FRESH, PRICED = "each * questions", "refresh * changes", "price times count is what it costs."
ALL, FIRST, AND = f"setup + {ASKED} + {FRESH}", f"setup + {ASKED}", "add three parts: mind the brackets."
total_cost.mistakes(
    ([(FRESH, "refresh"), (FRESH, "refresh * (changes > 0)")], "it is refreshed once, not at each change.", PRICED),
    ([(FIRST, "(setup + each) * questions"), (FIRST, f"setup * questions + {ASKED}")],
     "the set-up is paid again for each question.", AND),
    (f" + {FRESH}", "", "changes of the facts are ignored.", "each of them costs one refresh."),
    ([("setup +", f"setup * {times} +") for times in ("changes", "(1 + changes)", "max(1, changes)")],
     "the set-up is paid again at each change.", "a change costs `refresh`, nothing else."),
    ([("setup + ", ""), (f"{ASKED} + ", "")], "the set-up or the questions are left out.", AND),
    ([(FRESH, f"{FRESH} * questions"), (ASKED, f"{ASKED} * changes"), (ASKED, f"{ASKED} * (1 + changes)")],
     "changes and questions are multiplied.", "they are counted apart."),
    ([(ASKED, "each"), (ASKED, "questions"), (FRESH, "changes"), (FRESH, "refresh * questions")],
     "a count or a price isn't used.", PRICED),
    ([(ALL, f"({ALL}) / questions"), (FIRST, "setup / questions + each")], "one question's cost is returned.", AND),
    ([(part, part.replace("*", other).join("()")) for part in (ASKED, FRESH) for other in "+/"],
     "a price and a count are added or divided.", PRICED),
    ([(f"+ {FRESH}", f"- {FRESH}"), (FIRST, f"setup - {ASKED}")], "something is subtracted.", AND),
)  # fmt: skip


@exercise("6.3", title="where two costs cross", points=3, minutes=7, stars=2, room=True,
          answer=replace(CHOICE, slips=(), relations=(lambda case: (
              "a number is returned, but A always costs more." if case.want is None else "None is returned, but A does "
              "not always cost more." if case.got is None else "A still costs more there." if case.got < case.want else
              "A costs no more before that.", "work out both costs there, and beside."),)))  # fmt: skip
def break_even(setup_a: float, each_a: float, setup_b: float, each_b: float) -> int | None:
    """Return the first number of questions, from 0, at which A costs no more than B; None where there is none."""
    if setup_a <= setup_b:
        return 0
    if each_a >= each_b:
        return None
    return math.ceil((setup_a - setup_b) / (each_b - each_a))


break_even.tries(
    (9, 1, 2, 3), (8, 1, 2, 3), (2, 3, 9, 1), (2, 1, 9, 3), (5, 2, 5, 1), (6, 2, 5, 2), (6, 3, 5, 2), (4, 2, 5, 2),
    (5, 2, 5, 2), (10, 0.5, 1, 0.75), (5.5, 0, 0, 0.25), (7, 0, 2, 9), (2, 5, 4, 1), (30, 2, 0, 5), (5, 1, 5, 4),
)  # fmt: skip
break_even.draws(lambda rng: tuple(rng.integers(0, [40, 6, 25, 9])), times=6)
START, NEVER = "    if setup_a <= setup_b:\n        return 0\n", "    if each_a >= each_b:\n        return None\n"
SHARE, SAVES = "(setup_a - setup_b) / (each_b - each_a)", "what does A save with each question?"
EQUAL, CROSS, UP = NEVER.replace(">=", "=="), f"math.ceil({SHARE})", "round up: math.ceil()."
BEFORE, POSITIVE = "first ask: does A start no dearer (0)? Does it never catch up (None)?", f"max(0, {CROSS})"
break_even.mistakes(
    ([("math.ceil", way) for way in ("math.floor", "int", "round")], "it is rounded down, or to the nearest.", UP),
    ([("math.ceil", f"1 + {way}", *less) for way in ("math.floor", "int", "math.ceil") for less in ((), ("<=", "<"))],
     "1 is added where the costs are equal.", "equal is no more: use <=."),
    ([("math.ceil", ""), ("math.ceil", "float")], "a part of a question is returned.", UP),
    ([(START, ""), (NEVER, EQUAL), (START, "", NEVER, EQUAL)], "the lines cross below 0, or B is cheaper after that.",
     BEFORE),
    ([(START, "", CROSS, POSITIVE), (START, NEVER, NEVER, START), ("<=", "<"), (START, "", NEVER, EQUAL, CROSS,
      POSITIVE)], "where A starts no dearer, it isn't always 0.", "whatever comes later, it is 0: ask that first."),
    ([(NEVER, ""), (">=", ">"), (START, "", NEVER, "")], "with equal prices a question it divides by 0.", BEFORE),
    (lambda a, each_a, b, each_b: break_even(b, each_b, a, each_a), "A and B are exchanged.", "A must cost no more."),
    ([("- each_a", ""), ("- each_a", "+ each_a")], "A's price isn't subtracted.", SAVES),
    ([(CROSS, f"setup_a + each_a * {way}") for way in (CROSS, SHARE)], "a cost is returned.", "return the number."),
    ([("None", never) for never in ("math.inf", "0", "-1")], "a number stands for never.", "return None."),
    ("return 0", "return 1", "0 questions aren't looked at.", "begin at 0."),
)  # fmt: skip


@exercise("6.4", title="the cheapest that is good enough", points=3, minutes=7, stars=2, room=True,
          answer=replace(CHOICE, relations=(lambda case: (
              f"{case.got} meets the need, but another that does is to be preferred." if cheapest_that_meets(
                  [row for row in case.arguments[0] if row["method"] == case.got], case.arguments[1])
              else f"{case.got} doesn't meet the need.", "list what meets it, and the costs."),)))  # fmt: skip
def cheapest_that_meets(rows: list[dict], need: dict[str, float]) -> str | None:
    """Return the cheapest method whose intervals begin at what is needed, or above; None where none does."""
    fitting = []
    for row in rows:
        scores = row["scores"]
        if all(metric in scores and scores[metric][1] >= least for metric, least in need.items()):
            fitting.append(row)
    return min(fitting, key=lambda row: row["cost"])["method"] if fitting else None


def offer(method: str, cost: float, **lows: float) -> dict[str, Any]:
    """Return a row: a method, its cost, and of each metric value, low and high, made of the low end."""
    scores = {metric: [round(low + more, 1) for more in (0.2, 0, 0.3)] for metric, low in lows.items()}
    return {"method": method, "cost": cost, "scores": scores}


NEED, CHEAP, BOTH = {"right": 0.4, "voice": 0.4}, offer("LoRA", 3, right=0.2, voice=0.7), offer("both", 9, right=0.6)
DEAR = offer("both", 9, right=0.6, voice=0.4, format=0.1)
cheapest_that_meets.tries(
    ([offer("LoRA", 5, right=0.4), BOTH], {"right": 0.5}),
    ([offer("prompt", 1, right=0.1), offer("retrieval", 4, right=0.5), BOTH], {"right": 0.5}),
    ([BOTH, offer("LoRA", 4, right=0.5), offer("prompt", 5, right=0.5)], {"right": 0.4}),
    ([offer("retrieval", 5, right=0.6), offer("LoRA", 5, right=0.7)], {"right": 0.5}),
    ([CHEAP, offer("retrieval", 4, right=0.6, voice=0.1), DEAR], NEED),
    ([offer("LoRA", 3, voice=0.7), offer("retrieval", 4, right=0.6), DEAR], NEED),
    ([CHEAP, offer("both", 9, right=0.4)], {"right": 0.5}), ([offer("LoRA", 5, voice=0.6)], {"right": 0.1}), ([], NEED),
)  # fmt: skip
cheapest_that_meets.draws(lambda rng: ([offer(one, rng.integers(1, 4), right=rng.integers(1, 4) / 5, voice=low / 5)
    for one, low in zip(["prompt", "LoRA", "both"], rng.integers(1, 4, 3), strict=True)], NEED), times=6)  # fmt: skip
NAMES = "[row['method'] for row in fitting]"
CHEAPEST, ADDED, LACKS = 'min(fitting, key=lambda row: row["cost"])', "fitting.append(row)", "metric in scores and"
FIT = f"all({LACKS} scores[metric][1] >= least for metric, least in need.items())"
ITS, FINAL = "all(scores[one][1] >= need[one] for one in scores)", f'{CHEAPEST}["method"] if fitting else None'
cheapest_that_meets.mistakes(
    ("[metric][1]", "[metric][0]", "the value is compared: by chance it may be too high.", "compare the low end."),
    ("[metric][1]", "[metric][2]", "the high end is compared.", "of value, low, high take low."),
    ("all(", "any(", "one metric is enough.", "all that `need` names must be reached."),
    ([(CHEAPEST, f"max(fitting, key=lambda row: sum(row['scores'][one][{end}] for one in need))") for end in (0, 1, 2)],
     "it is the best method, not the cheapest.", "of those that meet the need, compare costs alone."),
    ([(LACKS, "metric not in scores or"), (FIT, ITS.replace(")", " if one in need)"))],
     "a metric that a row lacks counts as reached.", "ask whether `scores` has it: where not, the need isn't met."),
    ([(LACKS, ""), (FIT, ITS)], "a metric isn't in the row, or isn't needed.", "ask first whether it is `in` there."),
    (">= least", "> least", "a low end that just reaches the need is refused.", "equal is enough: >=."),
    ("min(", "max(", "the dearest is taken.", "take the lowest cost."),
    ([("min(fitting", "min(fitting[::-1]"), ('row["cost"]', '(row["cost"], row["method"])'),
      ('row["cost"]', '(row["cost"], -sum(row["scores"][one][1] for one in need))')],
     "of equal costs, another than the first is taken.", "replace only by a cheaper one."),
    ([(CHEAPEST, "fitting[0]"), (ADDED, 'return row["method"]'), (CHEAPEST, "fitting[-1]")],
     "the first or the last that meets the need is taken.", "compare the costs of all that do."),
    ([("min(fitting", "min(rows"), ("in rows", "in sorted(rows, key=lambda row: row['cost'])[:1]"),
      *((FINAL, FINAL.replace("fitting", "rows")[:end]) for end in (None, -len(" if rows else None")))],
     "the cheapest of all is taken, or none.", "first keep those that meet the need."),
    ([('["method"]', ""), ('["method"]', '["cost"]'), (FINAL, NAMES), (FINAL, f"{NAMES} or None")],
     "it isn't one method's name.", "return the cheapest row's method."),
    (" if fitting else None", "", "no method meets the need: min() of nothing.", "return None then."),
)  # fmt: skip


@exercise("6.5", title="more than the sum", points=2, minutes=4, stars=1, answer=replace(SCALAR, relations=(
    lambda case: next((f"`{name}` is left out, counts twice, or has the other sign.", "write down the three gains.")
                      for name, one in zip(case.exercise.parameters, case.arguments, strict=True)
                      if round(abs((case.got - case.want) / one), 3) in (1, 2)),)))  # fmt: skip
def interaction(neither: float, tuned: float, retrieved: float, both: float) -> float:
    """Return what tuning and retrieval gain together beyond the sum of what each gains over neither."""
    return (both - neither) - ((tuned - neither) + (retrieved - neither))


interaction.tries((0.1, 0.15, 0.4, 0.7), (0.2, 0.5, 0.6, 0.7), (0.0, 0.4, 0.1, 0.5), (0.3, 0.25, 0.5, 0.2))
interaction.draws(lambda rng: tuple(rng.integers(1, 20, 4) / 20), times=3)
GAIN, SINGLE = "(both - neither)", "((tuned - neither) + (retrieved - neither))"
BEYOND, EACH, ADD = f"{GAIN} - {SINGLE}", "subtract it from each of three.", "subtract the sum of both single gains."
interaction.mistakes(
    ([(BEYOND, ratio) for ratio in (f"{GAIN} / {SINGLE}", "both / (tuned + retrieved)", f"({BEYOND}) / {SINGLE}")],
     "it is a ratio.", "subtract the sum, don't divide by it."),
    ([(BEYOND, f"both - {one}(tuned, retrieved)") for one in ("max", "min")], "it is the gain beyond one alone.", ADD),
    (BEYOND, "both - tuned - retrieved", "`neither` isn't subtracted: what the model can anyway isn't gained.", EACH),
    ([(GAIN, "both"), (SINGLE, "(tuned + retrieved)"), (SINGLE, "(tuned - neither + retrieved)")],
     "`neither` is subtracted in one place, not in all.", EACH),
    (SINGLE, f"{SINGLE} / 2", "the mean of the two gains is subtracted.", ADD),
    (SINGLE, SINGLE[1:-1], "brackets are missing: a - b + c is (a - b) + c.", "put the sum in brackets."),
    (f" - {SINGLE}", "", "it is all that both gain.", ADD),
    ([(SINGLE, "(tuned - neither)"), (SINGLE, "(retrieved - neither)")], "one single gain is forgotten.", ADD),
)  # fmt: skip
