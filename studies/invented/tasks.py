"""Reading tasks on the pages of invented companies: one to three passages, a question, the answer or none."""

from dataclasses import dataclass
from random import Random

from studies.invented.companies import Company, Fact, draw_subject, make_company
from studies.invented.kinds import Kind, load_kinds
from studies.invented.passages import Passage, fill, write_passages

ABSTAIN = "I don't know: the passages don't say."
FACTS, PASSAGES = 8, 3
# Longer pages, as a search finds them: facts a passage, and how often one, two and three passages come.
DENSE, OFTEN = (3, 5), (1, 1, 3)
# Kinds that could pass for an answer to one another's questions about the same subject.
ALIKE = (
    {"price", "hire", "deposit", "late_fee", "pass_price"},
    {"where_kept", "hand_in", "where_is", "event_place"},
    {"opens", "closes", "last_entry"},
    {"starts", "event_date"},
    {"trial", "warranty"},
    {"nickname", "product_name"},
    {"approver", "repairer", "key_holder"},
    {"supplier", "charity", "material"},
    {"restart", "repair_time"},
    {"channel", "system", "form"},
    {"dress", "mascot"},
    {"claim_within", "notice", "cutoff"},
    {"capacity", "staffing"},
    {"upkeep_day", "checked"},
    {"closed_day", "opens", "closes"},
)


@dataclass(frozen=True)
class ReadingTask:
    """A question on passages. answer: as it stands in one of them, or ABSTAIN. place: which one, or None."""

    company: str
    passages: tuple[str, ...]
    question: str
    answer: str
    place: int | None


@dataclass(frozen=True)
class ReadingPages:
    """The passages of one company and questions on them. turns: pairs of question and answer, which may be ABSTAIN."""

    company: str
    passages: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]


def make_reading_pages(count: int, *, turns: int = 4, seed: int = 0, unanswerable: float = 0.2) -> list[ReadingPages]:
    """Make the pages of N companies, longer than those of make_reading_tasks, with `turns` questions on each.

    No fact is asked for twice. unanswerable: the share of questions whose answer doesn't stand there.
    """
    rng = Random(f"invented pages/{seed}")
    return [_make_pages(rng, turns, unanswerable) for _ in range(count)]


def _make_pages(rng: Random, turns: int, unanswerable: float) -> ReadingPages:
    """Invent a company, write its pages, and ask for facts of theirs and for others that don't stand there."""
    size = rng.choices(range(1, PASSAGES + 1), OFTEN)[0]
    company = make_company(rng, max(turns, sum(rng.randint(*DENSE) for _ in range(size))))
    passages = write_passages(company, rng, size)
    asked = []
    for fact in rng.sample(company.facts, turns):
        missing = rng.random() < unanswerable
        asked.append((ask(_draw_absent(company, rng), rng), ABSTAIN) if missing else (ask(fact, rng), fact.value))
    return ReadingPages(company.name, tuple(passage.text for passage in passages), tuple(asked))


def make_reading_tasks(count: int, *, seed: int = 0, unanswerable: float = 0.2) -> list[ReadingTask]:
    """Make N reading tasks, each on another company's one to three passages; the same seed gives the same.

    unanswerable: the share of questions that the passages don't answer, about another fact of the same sort.
    """
    rng = Random(f"invented companies/{seed}")
    return [_make_task(rng, missing=rng.random() < unanswerable) for _ in range(count)]


def _make_task(rng: Random, *, missing: bool) -> ReadingTask:
    """Invent a company, write its passages, and ask for something that stands in them or, if missing, doesn't."""
    company = make_company(rng, rng.randint(2, FACTS))
    passages = write_passages(company, rng, rng.randint(1, PASSAGES))
    texts = tuple(passage.text for passage in passages)
    if missing:
        fact = _draw_absent(company, rng)
        return ReadingTask(company.name, texts, ask(fact, rng), ABSTAIN, None)
    fact = rng.choice(company.facts)
    return ReadingTask(company.name, texts, ask(fact, rng), fact.value, _find(passages, fact))


def ask(fact: Fact, rng: Random) -> str:
    """Ask for a fact, with one of its kind's phrasings."""
    return fill(rng.choice(fact.kind.questions), fact)


def _find(passages: list[Passage], fact: Fact) -> int:
    """Return the place of the passage that states a fact."""
    return next(place for place, passage in enumerate(passages) if fact in passage.facts)


def _draw_absent(company: Company, rng: Random) -> Fact:
    """Return a fact that the company doesn't have: another kind about a known subject, or another subject."""
    near = rng.choice(company.facts)
    others = [
        kind for kind in load_kinds() if kind.subject == near.kind.subject and _is_free(kind, near.subject, company)
    ]
    if others and rng.random() < 0.5:
        return Fact(rng.choice(others), near.subject, "")
    while True:
        subject = draw_subject(near.kind.subject, rng)
        if all(fact.subject != subject for fact in company.facts):
            return Fact(near.kind, subject, "")


def _is_free(kind: Kind, subject: str, company: Company) -> bool:
    """Tell whether no fact about the subject could pass for an answer of this kind."""
    known = {fact.kind.name for fact in company.facts if fact.subject == subject}
    return kind.name not in known and not any(kind.name in group and known & group for group in ALIKE)
