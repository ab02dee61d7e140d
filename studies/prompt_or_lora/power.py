"""The smallest difference that the design can tell from none, from figures known before the run."""

import math

# Of a 95 % interval.
Z = 1.96
# 240 test tickets come from 204 customers, who are drawn anew: the interval of a share is wider by the root of this.
CUSTOMERS = 240 / 204


def half_width(cases: float, discordant: float, clusters: float = 1.0) -> float:
    """Return half the 95 % interval of a paired difference of two shares.

    discordant: the share of cases of which one arm is right and the other wrong. The spread of training seeds comes on
    top, so this is the least.
    """
    return Z * math.sqrt(discordant * clusters / cases)


def share_width(width: float, gain: float) -> float:
    """Return half the interval of a share of a gain, where the difference that is divided is uncertain by width."""
    return width / gain


# Judgement: topic and tone of a ticket are two values with little to do with each other: 1.5 cases where they were 2.
VALUES = 1.5
# C23, C24: arms differ in being right on about 30 of 100 values of 240 tickets, and their seeds are averaged.
JUDGEMENT = half_width(240 * VALUES, 0.30, CUSTOMERS)
# C07/04: 120 tickets.
PRICE = half_width(120 * VALUES, 0.30, CUSTOMERS)
# C13, C18: replies to 120 tickets.
REPLIES = half_width(120 * VALUES, 0.35, CUSTOMERS)
# C13's voice: 48 pairs, differing in about half. C13's house words: 36 sentences, differing in about half.
VOICE = half_width(48, 0.5)
CLOZE = half_width(36, 0.5)
# C13's guard: numbers stand in about half of the 48 plain answers.
NUMBERS = half_width(24, 0.4)
# C18: tuning was seen to gain about 0.25 in values right over no example, and 0.86 in the voice's rules.
JSON_SHARE = share_width(REPLIES, 0.25)
# C23: the judgement gained by all tickets is about 0.2, the voice's rules 0.86.
FEW_SHARE = share_width(JUDGEMENT, 0.2)
VOICE_SHARE = share_width(half_width(48, 0.2), 0.86)
# C11: 240 old items, of which about 40 of 100 are answered otherwise after tuning.
SKILLS = half_width(240, 0.40)
# C25: 30 facts of 10 documents, which count as about 15; about half of them differ.
FACTS = half_width(15, 0.5)
# C28: 64 documents whose own differences were taken to spread by 0.1 nats.
DOMAIN = Z * 0.1 / math.sqrt(64)
