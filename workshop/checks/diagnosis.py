"""Find what explains a wrong answer: a usual mistake, a slip, two of them at once."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.checks.edits import join
from workshop.checks.kinds import Case, Named, Slip, find_named
from workshop.checks.mistakes import Mistake
from workshop.checks.protocol import Reply
from workshop.checks.registry import Exercise

PAIR_SECONDS = 0.5
TWO = "two things at once. First: {first} Then: {then}"


@dataclass(frozen=True)
class Asked:
    """One question of a check: its arguments, the learner's reply, the wanted value; all plain."""

    arguments: Sequence[Any]
    reply: Reply
    want: Any


def _is_none(reply: Reply) -> bool:
    return not reply.error_type and reply.value is None


class Diagnosis:
    """Looks for the cause of a wrong reply.

    exercise: whose. asked: what was asked, from the first wrong reply on and before. first: the reply to be explained.
    """

    def __init__(self, exercise: Exercise, asked: Sequence[Asked], first: Asked) -> None:
        self.exercise, self.asked, self.first = exercise, asked, first
        self._rule = exercise.answer.rule
        # None speaks for itself: a loop that returns from within returns nothing for an empty input.
        self._wrong = [one for one in asked if one is first or not (self._right(one) or _is_none(one.reply))]

    def _right(self, asked: Asked) -> bool:
        return not asked.reply.error_type and self._rule.same(asked.reply.value, asked.want)

    def find(self) -> Named | None:
        """Return likely cause and next step; None where nothing fits.

        First what explains every answer: one mistake, one slip, two at once. Then what explains most of them.
        """
        mistakes = [one for one in self.exercise.known if self._fits(one, self.first)]
        for one in mistakes:
            if all(self._fits(one, each, wrong=False) for each in self.asked):
                return one.likely, one.next
        readable = not self.first.reply.error_type
        slips = self._find_slips(self.exercise.answer.slips) if readable else []
        whole = [named for share, named in slips if share == 1]
        if whole:
            return whole[0]
        pair = self._find_pair() if readable else None
        return pair or self._most_likely(mistakes) or self._partly(slips)

    def _fits(self, mistake: Mistake, asked: Asked, *, wrong: bool = True) -> bool:
        """Tell whether a function with this mistake would have replied the same.

        wrong: and whether that is another reply than the right one.
        """
        made = mistake.attempt(asked.arguments)
        if wrong and not made.error_type and self._rule.same(made.value, asked.want):
            return False
        return self._rule.alike(asked.reply, made)

    def _find_slips(self, slips: Sequence[Slip]) -> list[tuple[float, Named]]:
        """Return the slips that fit the first reply, with the share of the wrong replies that each fits."""
        found = []
        for slip in slips:
            if find_named([slip], self._case(self.first)):
                said = [None if one.reply.error_type else find_named([slip], self._case(one)) for one in self._wrong]
                fitting = [named for named in said if named]
                found.append((len(fitting) / len(self._wrong), max(fitting, key=lambda named: len(named[0]))))
        return found

    def _case(self, asked: Asked) -> Case:
        return Case(asked.reply.value, asked.want, asked.arguments, self.exercise)

    def _most_likely(self, mistakes: Sequence[Mistake]) -> Named | None:
        """Return the mistake that explains most of the wrong replies, and half of them at least.

        One word or whole number is easily met by chance: there it must explain nine of ten.
        """
        counts = [sum(self._fits(one, each, wrong=False) for each in self._wrong) for one in mistakes]
        chancy = isinstance(self.first.reply.value, str | int) and len(self.asked) > 1
        if not counts or max(counts) < (0.9 if chancy else 0.5) * len(self._wrong):
            return None
        best = mistakes[counts.index(max(counts))]
        return best.likely, best.next

    def _partly(self, slips: Sequence[tuple[float, Named]]) -> Named | None:
        """Return the first slip that fits more than half of the wrong replies, else how a wrong value stands to it."""
        found = [named for share, named in slips if share > 0.5]
        if found or self.first.reply.error_type:
            return found[0] if found else None
        return find_named(self.exercise.answer.relations, self._case(self.first))

    def _find_pair(self) -> Named | None:
        """Return what two mistakes say that explain every reply together, the first to mend in front."""
        end = time.perf_counter() + PAIR_SECONDS
        for one, other, function in self._pairs():
            both = Mistake(function, "", "")
            if self._fits(both, self.first) and all(self._fits(both, each, wrong=False) for each in self.asked):
                return TWO.format(first=one.likely, then=other.likely), one.next
            if time.perf_counter() > end:
                return None
        for one in self.exercise.known:
            named = self._slip_after(one)
            if named:
                return TWO.format(first=one.likely, then=named[0]), one.next
            if time.perf_counter() > end:
                return None
        return None

    def _pairs(self) -> Iterator[tuple[Mistake, Mistake, Any]]:
        """Yield two mistakes and the function with both, as far as they go together."""
        pairs = itertools.combinations(self.exercise.known, 2)
        for one, other in sorted(pairs, key=lambda pair: sum(len(each.pieces) for each in pair)):
            if one.likely == other.likely:
                continue
            function = join(self.exercise.reference, one, other)
            if function is not None:
                yield one, other, self.exercise.as_plain(function)

    def _slip_after(self, mistake: Mistake) -> Named | None:
        """Return the slip that explains every reply if the right answer had been this mistake's."""
        for slip in self.exercise.answer.slips:
            named = self._slipped(slip, mistake, self.first)
            if named and all(self._slipped(slip, mistake, each) is not None for each in self.asked):
                return named
        return None

    def _slipped(self, slip: Slip, mistake: Mistake, asked: Asked) -> Named | tuple | None:
        """Return what a slip says of a reply laid beside a mistake's; an empty tuple where the two are the same."""
        made = mistake.attempt(asked.arguments)
        if made.error_type or asked.reply.error_type:
            return () if self._rule.alike(asked.reply, made) else None
        if self._rule.same(made.value, asked.reply.value):
            return ()
        return find_named([slip], Case(asked.reply.value, made.value, asked.arguments, self.exercise))
