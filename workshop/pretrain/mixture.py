"""What a sequence is made of: groups of chats about one page, talk and guesses; and sets for evaluation."""

from random import Random

from workshop.pretrain.cloze import cloze_group
from workshop.pretrain.follow import abstain_in_form, follow, follow_two_keys, show_examples
from workshop.pretrain.tasks import Chat, Page, Shape, abstain, guess, make_page, read, repeat, talk

COPYING_STEPS = 2000
GROWTH_START = 1000
GROWTH_STEPS = 4000
ROUGH_STEPS = 3000
CLOZE = 0.1
COPYING = {read: 0.9, repeat: 0.1}
SHARES = {
    read: 0.66,
    abstain: 0.14,
    follow: 0.13,
    follow_two_keys: 0.03,
    show_examples: 0.01,
    abstain_in_form: 0.02,
    repeat: 0.01,
}
LOOSE = 0.12


def shape_at(step: int) -> Shape:
    """Return how hard tasks are at a step: up to six facts to be read and nothing else, then slowly everything.

    Everything else is built on reading: while little else is to be learnt, it comes sooner.
    """
    grown = min(1.0, max(0, step - GROWTH_START) / GROWTH_STEPS)
    return Shape(
        facts=6 + round(12 * grown),
        passages=2 + round(4 * grown),
        copying=step < COPYING_STEPS,
        rough=step >= ROUGH_STEPS,
    )


def make_group(rng: Random, shape: Shape) -> list[Chat]:
    """Make the chats that share a page; one time in eight, a single one without passages.

    Rough shapes ask one time in seven about ordinary English instead.
    """
    if not shape.copying and rng.random() < LOOSE:
        return [talk(rng) if rng.random() < 0.25 else guess(rng, shape)]
    if shape.rough and rng.random() < CLOZE and (chats := cloze_group(rng, min(4, shape.passages), shape.questions)):
        return chats
    page = make_page(rng, shape, plain=shape.copying or rng.random() < 0.15)
    shares = COPYING if shape.copying else SHARES
    # A question more costs twenty tokens, a page some hundred: as many are asked as there is something to ask.
    most = min(shape.questions, 2 + 2 * len(page.company.facts))
    skills = rng.choices(list(shares), list(shares.values()), k=rng.randint(max(2, most // 2), most))
    return [skill(page, rng, shape) for skill in skills]


def make_test(skill: str, size: int, phrasings: str, seed: int) -> list[tuple[str, Chat]]:
    """Make a set for evaluation of held-out companies and values; returns each chat with its company.

    skill: read, abstain, guess or follow. phrasings: train (known) or held_out (never seen).
    """
    rng, cases = Random(f"{skill}/{phrasings}/{seed}"), []
    shape = Shape(content="held_out", phrasings=phrasings)
    while len(cases) < size:
        if skill == "guess":
            cases.append((f"no company {len(cases)}", guess(rng, shape)))
            continue
        page: Page = make_page(rng, shape)
        make = {"read": read, "abstain": abstain, "follow": follow}[skill]
        cases += [(page.company.name, make(page, rng, shape)) for _ in range(2)]
    return cases[:size]
