"""Slips by kind of answer, written once for all lessons: what goes wrong whatever the exercise is about."""

import itertools
from collections import Counter
from typing import Any

from workshop.checks.kinds import Case, Kind, Named, becomes
from workshop.checks.mistakes import Rule
from workshop.checks.numbers import ARRAY_RELATIONS, ARRAY_SLIPS, LABEL_SLIPS, SCALAR_RELATIONS, SCALAR_SLIPS
from workshop.checks.parts import PART_RELATIONS, PART_SLIPS
from workshop.checks.protocol import plain
from workshop.checks.texts import MESSAGE_SLIPS, TEXT_SLIPS

IN_LOOP = "move `return` to the left, so that it comes after the loop."


def _unchanged(case: Case) -> Named | None:
    """Tell that the input comes back: a loop that assigns to its own variable changes nothing else."""
    whole = [each for each in case.arguments if not isinstance(each, str | int | float) and len(each)]
    if not any(case.is_got(each) for each in whole):
        return None
    return (
        "the input is returned unchanged: assigning to a loop's variable gives that name another value, and leaves the "
        "list or array as it was.",
        "build a new list or array in the loop, and return that one.",
    )


def _numbers_of_the_card(case: Case) -> Named | None:
    """Tell that numbers of the card's example stand in the place of arguments."""
    exercise = case.exercise
    pairs = list(enumerate(zip(exercise.card, case.arguments, strict=False)))
    fixed = [place for place, (card, given) in pairs if _is_number(card) and _is_number(given) and card != given]
    for count in range(1, len(fixed) + 1):
        for places in itertools.combinations(fixed, count):
            given = [exercise.card[i] if i in places else each for i, each in enumerate(case.arguments)]
            if case.is_got(plain(exercise.solve(*given))):
                names = " and ".join(f"`{exercise.parameters[place]}`" for place in places)
                what, stand = ("a number", "stands") if count == 1 else ("numbers", "stand")
                return (
                    f"{what} of the card's example {stand} in the function in the place of {names}, whatever is given.",
                    f"use {names} wherever the number stands.",
                )
    return None


def _answer_of_the_card(case: Case) -> Named | None:
    """Tell that the answer to the card's example is returned."""
    exercise = case.exercise
    telling = not isinstance(case.got, str | int | float | list | dict) or case.got not in (0, 1, "", [], {})
    if telling and exercise.card and case.is_got(plain(exercise.solve(*exercise.card))):
        return "the answer to the card's example is returned, whatever is given.", "compute it from the arguments."
    return None


def _one_off(case: Case) -> Named | None:
    """Tell that an argument which counts something is taken one too small or too large."""
    for place, given in enumerate(case.arguments):
        for step, side in ((-1, "small"), (1, "large")):
            if type(given) is not int or given + step < 0:
                continue
            changed = [*case.arguments[:place], given + step, *case.arguments[place + 1 :]]
            if case.is_got(plain(case.exercise.solve(*changed))):
                name = case.exercise.parameters[place]
                return (
                    f"`{name}` is used as if it were one too {side}: range() and slices stop one before their end.",
                    f"do the card's example by hand, and look at the last step that `{name}` still allows.",
                )
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _places(case: Case) -> Named | None:
    """Tell that the places of names are returned, not the names."""
    for names in case.texts():
        wanted = case.want if isinstance(case.want, list) else [case.want]
        found = [names.index(each) for each in wanted]
        got = case.got if isinstance(case.want, list) else [case.got]
        if found and Rule().same(got, found):
            return "places are returned, not what stands there.", "look each place up in the list of names."
    return None


def _with_scores(case: Case) -> Named | None:
    """Tell that names come with their scores, or scores alone."""
    got = list(case.got.items() if isinstance(case.got, dict) else case.got)
    if got and all(isinstance(each, int | float) for each in got) and isinstance(case.want[0], str):
        return "the scores are returned, not the names.", "sort places or names by their scores, and return names."
    for side in (0, 1):
        pairs = all(isinstance(each, list | tuple) and len(each) == 2 for each in got)
        if got and pairs and [each[side] for each in got] == case.want:
            return "the scores are returned together with the names.", "return the names alone."
    return None


def _given_inside(case: Case) -> Named | None:
    """Tell that what was asked about is among the answers."""
    asked = [each for each in case.arguments if isinstance(each, str) and each not in case.want]
    inside = [each for each in asked if each in case.got]
    others = [each for each in case.got if each not in asked]
    if not inside or others != case.want[: len(others)]:
        return None
    return "what was asked about is itself in the list.", "leave it out, by its name or its place, before you take k."


def _missing(case: Case) -> Named | None:
    """Tell whether items are missing, too many, or in another order."""
    got, want = (Counter(map(repr, value)) for value in (case.got, case.want))
    if not (got - want or want - got):
        return "the right items, in another order.", "look at how they are sorted, and at which end they begin."
    if got and not got - want:
        return "some items are missing; what is there is right.", "look at the first and the last step of each loop."
    if not want - got:
        return "there are items too many; all the right ones are there.", "look for what must be left out, and when."
    return None


BAG_SLIPS = (
    becomes(
        lambda want: sorted({repr(each): each for each in want}.values(), key=repr),
        "an item that occurs several times stands there once, as in a set.",
        "append every item to a list.",
    ),
    becomes(
        lambda want: 2 * want,
        "every item stands there twice: it is met from both sides, or in two loops.",
        "at each place, enter only what belongs to it.",
    ),
    becomes(
        lambda want: [[*each[1:], each[0]] for each in want],
        "the parts of each item stand the wrong way round.",
        "look at the order of the two in the card's example.",
    ),
    becomes(
        lambda want: [part for each in want for part in each],
        "the items are taken apart: extend() and += add the parts of an item one by one.",
        "append each item as a whole.",
    ),
)
LIST_SLIPS = (
    becomes(lambda want: want[:1], "only the first item is there: `return` stands inside the loop.", IN_LOOP),
    becomes(lambda want: want[-1:], "only the last item is there: each replaces the one before.", "append to a list."),
    becomes(
        lambda want: [] if isinstance(want, list) else None,
        "nothing is in the list: `return` comes before anything was added, or nothing ever is.",
        "print the list inside the loop. Does `return` come after it?",
    ),
)
RANKING_SLIPS = (
    _places,
    _with_scores,
    becomes(lambda want: want[::-1], "the right items, but the best comes last.", "begin with the highest score."),
    _given_inside,
)
COUNT_SLIPS = (
    becomes(lambda want: {}, "nothing is counted: the dict stays empty.", "is anything written into it in the loop?"),
    becomes(
        lambda want: dict.fromkeys(want, 1),
        "every one counts 1, however often it is there: each time, the old count is replaced.",
        "add 1 to the count so far (0 if there is none).",
    ),
    becomes(
        lambda want: {key: count - 1 for key, count in want.items()},
        "every count is one too low: the first time that one is met counts 0.",
        "what is met for the first time has occurred once.",
    ),
    becomes(
        lambda want: {key: count + 1 for key, count in want.items()},
        "every count is one too high: it begins at 1 before anything is counted.",
        "begin with 0.",
    ),
    becomes(
        lambda want: dict.fromkeys(want, 0),
        "every count stays 0: nothing is added to it.",
        "add 1 each time that it is met.",
    ),
    lambda case: (
        ("only the first one is there: `return` stands inside the loop.", IN_LOOP)
        if [*case.got] == [*case.want][:1] != [*case.want]
        else None
    ),
    becomes(lambda want: len(want), "how many there are is returned, not a count of each.", "return the dict itself."),
    becomes(
        lambda want: [[*pair] for pair in want.items()],
        "a list of pairs is returned.",
        "return a dict from each one to its count.",
    ),
)


def _counts_moved(case: Case) -> Named | None:
    """Keep the keys and get the counts wrong, or the other way round."""
    if case.got.keys() == case.want.keys():
        factors = {case.got[key] / case.want[key] for key in case.want}
        if len(factors) == 1:
            return "every count is the right one times one number.", "add 1 each time that it is met."
        return "the right keys, but some counts are wrong.", "look at what is added each time, and to what."
    if {str(key).lower() for key in case.got} == {str(key).lower() for key in case.want}:
        return "the keys are in another case: upper-case and lower-case letters differ.", "look at the card's example."
    return None


COMMON = (_numbers_of_the_card, _answer_of_the_card, _unchanged)
COUNTED = (*COMMON, _one_off)

BAG = Kind("bag", (*COUNTED, *BAG_SLIPS, *LIST_SLIPS), (_missing,), Rule(unordered=True))
RANKING = Kind("ranking", (*RANKING_SLIPS, *COUNTED, *LIST_SLIPS), (_missing,))
CHOICE = Kind("choice", (_places, *COUNTED))
COUNTS = Kind("counts", (*COUNT_SLIPS, *COMMON), (_counts_moved,))
ARRAY = Kind("array", (*COUNTED, *ARRAY_SLIPS), ARRAY_RELATIONS)
SCALAR = Kind("scalar", (*COUNTED, *SCALAR_SLIPS), SCALAR_RELATIONS)
LABELS = Kind("labels", (*COUNTED, *LABEL_SLIPS, *LIST_SLIPS), ARRAY_RELATIONS)
TEXT = Kind("text", (*COMMON, *TEXT_SLIPS))
MESSAGES = Kind("messages", (*COMMON, *MESSAGE_SLIPS, *LIST_SLIPS), (_missing,))


def parts(*names: str) -> Kind:
    """Return the kind of an answer of several parts with these names, such as the vectors after a step."""
    return Kind("parts", (*COUNTED, *PART_SLIPS), PART_RELATIONS, parts=names)
