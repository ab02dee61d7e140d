"""The smallest difference that the design can tell from none, from figures known before the run."""

import math

# Of a 95 % interval.
Z = 1.96
# 1,000 tickets come from 847 customers, who are drawn anew: the interval of a share is wider by the root of this.
CLUSTERS = 1000 / 847


def half_width(cases: int, discordant: float, clusters: float = 1.0) -> float:
    """Return half the 95 % interval of a paired difference of two accuracies.

    discordant: the share of cases of which one method is right and the other wrong. The spread of training seeds comes
    on top, so this is the least.
    """
    return Z * math.sqrt(discordant * clusters / cases)


def label_factor(width: float, slope: float) -> float:
    """Return by which factor a number of labels is uncertain whose score is uncertain by width.

    slope: how much the score rises with each doubling of the labels, where the level is reached.
    """
    return 2 ** (width / slope)


# C08: two tuned networks disagree in being right on about 15 of 100 texts.
TICKETS = half_width(1000, 0.15, CLUSTERS)
REVIEWS = half_width(200, 0.15)
# C06, C07: a tuned network and a bag of words disagree on about 30 of 100 texts, and the score rises by about 0.07 with
# each doubling of the labels.
RIVALS = half_width(1000, 0.30, CLUSTERS)
LABELS = label_factor(RIVALS, 0.07)
# C09: a new head is tested on 400 tickets.
HEADS = half_width(400, 0.20, CLUSTERS)
# C10: two seeds, each tested on about 730 tickets, most of them the same.
KNOBS = half_width(850, 0.20, CLUSTERS)
# C21: each of about 850 tickets is read with two lines; they differ in "angry" on about 5 of 100.
LINES = half_width(850, 0.05, CLUSTERS)
# C21's control: about 128 tickets of one island against the others, false "angry" in about 8 of 100.
CONTROL = half_width(128, 2 * 0.08)
