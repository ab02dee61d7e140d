"""How much is run for lesson 07, and on what each kind of run depends.

Both arms of a task, tuned and from nothing, are the same network trained for as many steps on the same batches, which
is equal seconds. Each arm's rate is chosen on validation, with the first seed or over all draws.

| task | tuned, from nothing | steps | other arms |
| --- | --- | --- | --- |
| entities | 3 + 2 rates, 3 seeds each | 144 of 16 | capitals not marked, 3 seeds; dictionary; features |
| spans | 3 + 2 rates, 3 seeds each | 120 of 16 | 240 handbook pairs alone, 3 seeds; two rules |
| summaries | 2 lengths, 3 seeds; from nothing one | 51 or 102 of 2 | first sentence; prompt with 0 and 2 examples |
| sentiment | 5 folds; from nothing 2 rates | 80 of 16 | majority, words, words and marks, frozen, last token |
| pictures | 3 + 3 rates, 10 draws | 60 of 25 | pixels, nearest, frozen; from nothing for both trainings' steps |
| prices in words | 2 + 2 rates, 5 draws | 200 of 32 | nearest, times; from nothing for both trainings' steps |

After a first look plain rules that know the task were added (rivals.py).
"""

from dataclasses import dataclass
from typing import Any

from studies.many_tasks.rivals import RIVALS, SPOKEN
from studies.many_tasks.sentiment import BASELINES, OTHERS

LESSON, STEM = "07", "07_many_tasks"
FIT = ("tune/fitting", "tune/parts", "models/heads", "tune/sequences")
ENTITY_INPUTS = ("many_tasks/entities", *FIT, "score/spans", "assets/tasks/entities")
SPAN_INPUTS = ("many_tasks/reading", *FIT, "data/spans", "assets/reading", "score/replies", "search/stems")
PICTURE_INPUTS = ("many_tasks/pictures", "tune/fitting", "tune/parts", "models/small")
SPOKEN_INPUTS = ("many_tasks/spoken", "tune/fitting", "tune/parts", "models/small", "data/spoken")
SENTIMENT_INPUTS = (
    *("many_tasks/sentiment", "finetune_classifier/network", "finetune_classifier/texts", "finetune_classifier/runs"),
    *("finetune_classifier/linear", "models/language"),
)
SUMMARY_INPUTS = (
    *("many_tasks/summaries", "score/spans", "assets/tasks/summaries", "skerryline/handbook", "bot/answers"),
    *("models/language", "tune/training", "batches", "tune/examples", "tune/lora", "tune/shipped"),
)
RIVAL_INPUTS = tuple(dict.fromkeys(("many_tasks/rivals", *ENTITY_INPUTS, *SPAN_INPUTS, *SUMMARY_INPUTS)))
SPOKEN_RIVAL_INPUTS = ("many_tasks/rivals", *SPOKEN_INPUTS)
LIVE_INPUTS = ("many_tasks/live", *ENTITY_INPUTS)

Cell = tuple[Any, ...]
# Of each arm: what was chosen on validation, a rate or, of summaries, how often the texts are seen.
Chosen = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How much is run.

    most: cases of a split, None for all. draws: of the labels of pictures, and of the pairs of prices. small_steps: of
    these two; start_steps: of their pre-training.
    """

    most: int | None = None
    seeds: int = 3
    draws: tuple[int, int] = (10, 5)
    folds: int = 5
    entity_steps: int = 144
    span_steps: int = 120
    small_steps: tuple[int, int] = (60, 200)
    start_steps: tuple[int, int] = (300, 400)
    review_steps: int = 80
    epochs: tuple[int, ...] = (3, 6)


ARMS = ("tuned", "nothing")
RATES: dict[str, Any] = {
    "tuned": (1e-4, 3e-4, 6e-4),
    "nothing": (3e-4, 1e-3),
    "pictures": (3e-4, 1e-3, 3e-3),
    "spoken": (1e-3, 3e-3),
    "sentiment": {"tuned": (1e-4,), "nothing": (2e-4, 5e-4)},
}
LIVE_SEEDS = 10
SHORT = Plan(6, 1, (1, 1), 1, 2, 2, (2, 2), (4, 4), 2, (1,))


def list_entities(plan: Plan, chosen: Chosen | None) -> list[Cell]:
    """Return the trainings of taggers: to choose a rate, or with the chosen one, also where capitals aren't marked."""
    if chosen is None:
        return [(arm, True, rate, plan.entity_steps, 0, plan.most) for arm in ARMS for rate in RATES[arm]]
    arms = [("tuned", True), ("nothing", True), ("tuned", False)]
    return [
        (arm, marked, chosen[arm], plan.entity_steps, seed, plan.most)
        for arm, marked in arms
        for seed in range(plan.seeds)
    ]


def list_entity_baselines(plan: Plan) -> list[Cell]:
    """Return the list of known names; features of words are a rival, fitted on what the networks had."""
    return [("dictionary", plan.most)]


def list_rivals(plan: Plan) -> list[Cell]:
    """Return the plain rules of names, spans and summaries that were added."""
    return [(arm, plan.most) for arm in RIVALS]


def list_spoken_rivals(plan: Plan) -> list[Cell]:
    """Return the plain rules of prices that were added."""
    return [(arm, draw) for arm in SPOKEN for draw in range(plan.draws[1])]


def list_spans(plan: Plan, chosen: Chosen | None) -> list[Cell]:
    """Return the trainings of readers: to choose a rate, or with the chosen one, also on the handbook's pairs alone."""
    if chosen is None:
        return [(arm, "both", rate, plan.span_steps, 0, plan.most) for arm in ARMS for rate in RATES[arm]]
    arms = [("tuned", "both"), ("nothing", "both"), ("tuned", "handbook")]
    return [
        (arm, source, chosen[arm], plan.span_steps, seed, plan.most)
        for arm, source in arms
        for seed in range(plan.seeds)
    ]


def list_span_baselines(plan: Plan) -> list[Cell]:
    """Return the rules that answer without a network."""
    return [(arm, plan.most) for arm in ("number", "sentence")]


def list_pictures(plan: Plan, chosen: Chosen | None) -> list[Cell]:
    """Return the trainings on pictures: at each rate, or what is compared with them."""
    steps, start, draws = plan.small_steps[0], plan.start_steps[0], range(plan.draws[0])
    if chosen is None:
        return [(arm, rate, steps, start, draw) for arm in ARMS for rate in RATES["pictures"] for draw in draws]
    plain = [(arm, 0.0, 0, start, draw) for arm in ("pixels", "nearest", "frozen") for draw in draws]
    return plain + [("nothing", chosen["nothing"], steps + start, start, draw) for draw in draws]


def list_spoken(plan: Plan, chosen: Chosen | None) -> list[Cell]:
    """Return the trainings on prices in words: at each rate, or what is compared with them."""
    steps, start, draws = plan.small_steps[1], plan.start_steps[1], range(plan.draws[1])
    if chosen is None:
        return [(arm, rate, steps, start, draw) for arm in ARMS for rate in RATES["spoken"] for draw in draws]
    plain = [(arm, 0.0, 0, start, draw) for arm in ("nearest", "times") for draw in draws]
    return plain + [("nothing", chosen["nothing"], steps + start, start, draw) for draw in draws]


def list_sentiment(plan: Plan) -> list[Cell]:
    """Return the trainings on reviews."""
    rates = RATES["sentiment"]
    return [(arm, rate, fold, plan.review_steps) for arm in ARMS for rate in rates[arm] for fold in range(plan.folds)]


def list_sentiment_plain(plan: Plan) -> list[Cell]:
    """Return the ways to tell reviews apart without tuning."""
    others = OTHERS if plan.most is None else ()
    return [(arm, fold) for arm in (*BASELINES, *others) for fold in range(plan.folds)]


def list_summaries(plan: Plan, chosen: Chosen | None) -> list[Cell]:
    """Return the ways to write a line: to choose how often the texts are seen, or with the chosen number."""
    if chosen is None:
        plain = [(arm, 0, 0, plan.most) for arm in ("prompt/0", "prompt/2", "lead")]
        return [*(("tuned", epochs, 0, plan.most) for epochs in plan.epochs), *plain]
    epochs = chosen["tuned"]
    return [("nothing", epochs, 0, plan.most), *(("tuned", epochs, seed, plan.most) for seed in range(plan.seeds))]
