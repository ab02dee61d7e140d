"""Slips with answers of several parts: the first wrong part is named, and how it stands to the right one."""

from typing import Any

import numpy as np

from workshop.checks.kinds import Case, Named, find_named
from workshop.checks.numbers import SCALAR_RELATIONS, SCALAR_SLIPS, say_factor, tell_factor
from workshop.checks.values import as_array

BY_HAND = "do the card's example by hand, part by part, and print the same values in your function."


def _as_parts(case: Case) -> list | None:
    """Return what was returned as a list with as many parts as there should be."""
    got = case.got if isinstance(case.got, list) else None
    return got if got is not None and len(got) == len(case.want) else None


def _wrong(case: Case, got: list) -> list[int]:
    """Return the places of the wrong parts."""
    return [place for place, want in enumerate(case.want) if not case.rule.same(got[place], want)]


def _names(case: Case) -> tuple[str, ...]:
    return case.exercise.answer.parts or tuple(f"part {place + 1}" for place in range(len(case.want)))


def _before(case: Case, place: int) -> np.ndarray | None:
    """Return the argument that a part is the new value of: that of the same name."""
    name, parameters = _names(case)[place], case.exercise.parameters
    return as_array(case.arguments[parameters.index(name)]) if name in parameters else None


def _other_order(case: Case) -> Named | None:
    """Tell that the parts are right, in another order."""
    got = _as_parts(case)
    wrong = _wrong(case, got) if got else []
    if len(wrong) == 2 and all(
        case.rule.same(got[a], case.want[b]) for a, b in zip(wrong, reversed(wrong), strict=True)
    ):
        first, second = (_names(case)[place] for place in wrong)
        return f"{first} and {second} stand the wrong way round.", "return the parts in the order of the card."
    return None


def _one_part(case: Case) -> Named | None:
    """Tell that one part alone is returned."""
    for name, want in zip(_names(case), case.want, strict=True):
        if case.rule.same(case.got, want):
            return f"only one part is returned, {name}.", "return all the parts, with commas between them."
    return None


def _steps(case: Case) -> Named | None:
    """Tell that what is to be added is returned, not the sum."""
    got = _as_parts(case)
    olds = [_before(case, place) for place in range(len(case.want))]
    if not got or any(old is None for old in olds):
        return None
    steps = [as_array(want) - old for want, old in zip(case.want, olds, strict=True)]
    moved = np.concatenate([np.ravel(step) for step in steps])
    factor = tell_factor(np.concatenate([np.ravel(as_array(each)) for each in got]), moved)
    if moved.any() and not factor:  # with a rate of 0 any factor will do
        return None
    return (
        "gradients or steps are returned, not the values after the step.",
        "the new value is the old one plus its step.",
    )


def _same_story(case: Case) -> Named | None:
    """Tell that all parts are moved wrongly in one and the same way."""
    got = _as_parts(case)
    told = {_tell_move(case, got, place) for place in range(len(case.want))} if got else set()
    return None if len(told) != 1 or told & {None, "elsewhere"} else _say(" and ".join(_names(case)), told.pop())


def _tell_move(case: Case, got: list, place: int) -> str | None:
    """Return how a part has moved: "not", "back", "more …" or "elsewhere"; None where that can't be said."""
    old, now, want = _before(case, place), as_array(got[place]), as_array(case.want[place])
    if old is None or now is None or now.shape != want.shape or not np.isfinite(now).all():
        return None
    if np.allclose(now, old):
        return "not" if not np.allclose(want, old) else None
    factor = tell_factor(np.where(np.isclose(now, old, atol=1e-9), 0, now - old), want - old)
    if factor is None:
        return "elsewhere"
    return "back" if factor < 0 else f"by {say_factor(factor)} what it should"


def _say(name: str, move: str) -> Named:
    """Return what a part's move says, and the next step."""
    if move == "not":
        return f"{name} stays where it was.", "move every part, and return the new values."
    if move == "back":
        return f"{name} moves the wrong way: a sign is turned.", "look at the signs before and within its step."
    if move == "elsewhere":
        return (
            f"{name} moves in another direction than it should; it is the first part that is wrong.",
            "write its step down by hand for the card's example, one factor after the other.",
        )
    return f"{name} moves {move}.", "look at every factor of its step: the rate, and how strong the pull is."


def _tell_rows(name: str, got: Any, want: list[list]) -> Named:
    """Return what is wrong with a part that is a list of rows: their number, their lengths or their values."""
    have, need = ([len(row) for row in rows] for rows in (got, want))
    if len(have) != len(need):
        return f"{name} has {len(have)} rows instead of {len(need)}.", "make one row for each that is given."
    if have == need:
        return f"{name} is the first part that is wrong: the lengths are right, some values aren't.", BY_HAND
    many = len({*have}) > len({*need})
    side = "differ in length" if many else "are too long" if sum(have) > sum(need) else "are too short"
    return f"{name} is the first part that is wrong: its rows {side}.", BY_HAND


def _first_wrong(case: Case) -> Named | None:
    """Tell the first wrong part, and how it stands to the right one."""
    got = _as_parts(case)
    for place in _wrong(case, got) if got else ():
        name = _names(case)[place]
        move = _tell_move(case, got, place)
        if move is not None:
            return _say(name, move)
        now, want = as_array(got[place]), as_array(case.want[place])
        if isinstance(case.want[place], list) and all(isinstance(row, list) for row in case.want[place]):
            return _tell_rows(name, got[place], case.want[place])
        if now is not None and want is not None and now.shape == want.shape == ():
            part = Case(got[place], case.want[place], case.arguments, case.exercise)
            named = find_named((*SCALAR_SLIPS, *SCALAR_RELATIONS), part)
            side = "large" if now > want else "small"
            return (
                (f"{name}: {named[0]}", named[1])
                if named
                else (f"{name} is the first part that is wrong: too {side}.", BY_HAND)
            )
        return None
    return None


PART_SLIPS = (_other_order, _one_part, _steps, _same_story)
PART_RELATIONS = (_first_wrong,)
