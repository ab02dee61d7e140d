"""Tasks: passages with several questions to them, each a chat that ends with the right answer."""

from dataclasses import dataclass
from random import Random

from workshop.bot import build_prompt
from workshop.pretrain.companies import Company, Fact, make_company
from workshop.pretrain.kinds import load_kinds, load_lines
from workshop.pretrain.passages import Passage, Style, fill, state_fact, write_passages
from workshop.pretrain.values import draw_subject, draw_value

ABSTAIN = "I don't know: the passages don't say."
WORDS = 620
LONGEST_REPEAT = 60
ROUGH = 0.2
REPEAT = (
    "Repeat the passages word for word.",
    "Write the text above again.",
    "Copy the passages.",
    "Say again exactly what stands there.",
    "What do the passages say, word for word?",
    "Please quote the whole text.",
)
BEFORE = (
    "Quick question: ",
    "Hi, ",
    "Excuse me, ",
    "Sorry to bother you, but ",
    "Hello! ",
    "Just wondering: ",
    "One thing: ",
    "Please tell me: ",
    "A customer asks: ",
    "My colleague wants to know: ",
    "Morning. ",
    "I've looked everywhere. ",
)
AFTER = (
    " Thanks!",
    " Thank you.",
    " I can't find it anywhere.",
    " Please help.",
    " I'd be glad to know.",
    " It's urgent.",
    " Nobody here knows.",
    " Cheers!",
)
Message = dict[str, str]


@dataclass(frozen=True)
class Chat:
    """Messages, the last the right answer.

    For evaluation: skill, number of passages, place of the right one among them, sort of value.
    """

    messages: tuple[Message, ...]
    skill: str = "read"
    passages: int = 0
    place: int | None = None
    sort: str = ""

    @property
    def answer(self) -> str:
        """Return the right answer."""
        return self.messages[-1]["content"]


@dataclass(frozen=True)
class Shape:
    """How hard a task is: at most so many facts, passages and questions, and its split of content and phrasings.

    copying: whether nothing is asked but what can be copied. rough: whether words may be missing from a question and
    ordinary English is asked about.
    """

    facts: int = 18
    passages: int = 6
    questions: int = 16
    copying: bool = False
    rough: bool = False
    content: str = "train"
    phrasings: str = "train"


def ask(fact: Fact, rng: Random, split: str) -> str:
    """Ask for a fact with a phrasing of the split, one time in eight with some words around it."""
    question, chance = fill(rng.choice(fact.kind.phrasings("questions", split)), fact), rng.random()
    if split != "train" or chance > 0.13:
        return question
    if chance > 0.06:
        return question + rng.choice(AFTER)
    lead = rng.choice(BEFORE)
    ordinary = question.split(" ", 1)[0] in (
        "What",
        "When",
        "Where",
        "Who",
        "How",
        "Which",
        "Until",
        "At",
        "From",
        "By",
    )
    return lead + (question[0].lower() + question[1:] if lead[-2] in ":,t" and ordinary else question)


def roughen(question: str, subject: str, rng: Random) -> str:
    """Leave out about every fourth word of a question, none of its subject: other phrasings share only some words."""
    kept = [word for word in question.split() if any(part in word for part in subject.split()) or rng.random() > 0.25]
    return " ".join(kept)


def turn(role: str, content: str) -> Message:
    """Return one message."""
    return {"role": role, "content": content}


@dataclass(frozen=True)
class Page:
    """A company and its passages as a prompt shows them."""

    company: Company
    passages: tuple[Passage, ...]

    @property
    def texts(self) -> list[str]:
        """Return the passages' texts in order."""
        return [passage.text for passage in self.passages]

    def prompt(self, question: str) -> str:
        """Return the user's turn for a question, by the contract of workshop.bot."""
        return build_prompt(question, self.texts, WORDS)

    def find(self, fact: Fact) -> int:
        """Return the place of the passage that states a fact."""
        return next(place for place, passage in enumerate(self.passages) if fact in passage.facts)


def make_page(rng: Random, shape: Shape, plain: bool = False) -> Page:
    """Invent a company and write its passages; those too long for one prompt are left out."""
    company = make_company(rng, rng.randint(1, shape.facts), shape.content)
    passages = write_passages(company, rng, Style(shape.phrasings, plain), rng.randint(1, shape.passages))
    kept, words = [], 0
    for passage in passages:
        words += len(passage.text.split())
        if words > WORDS - 120 and kept:
            break
        kept.append(passage)
    facts = tuple(fact for passage in kept for fact in passage.facts)
    return Page(Company(company.name, company.trade, company.unit, facts), tuple(kept))


def read(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask for a fact that the passages state."""
    fact = rng.choice(page.company.facts)
    question = ask(fact, rng, shape.phrasings)
    if shape.rough and rng.random() < ROUGH:
        question = roughen(question, fact.subject, rng)
    messages = (turn("user", page.prompt(question)), turn("assistant", fact.value))
    return Chat(messages, "read", len(page.passages), page.find(fact), fact.kind.value)


def repeat(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask for the passages themselves, where they are short: nearly every token of the answer is copied."""
    if sum(len(text.split()) for text in page.texts) > LONGEST_REPEAT:
        return read(page, rng, shape)
    messages = (turn("user", page.prompt(rng.choice(REPEAT))), turn("assistant", "\n".join(page.texts)))
    return Chat(messages, "repeat", len(page.passages))


def abstain(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask for a fact that the passages don't state: another kind, another subject, or both."""
    known = {(fact.kind.name, fact.subject) for fact in page.company.facts}
    near = rng.choice(page.company.facts)
    alike = [kind for kind in load_kinds() if kind.subject == near.subject or kind.subject == near.kind.subject]
    chance = rng.random()
    for _ in range(20):
        kind = rng.choice(alike) if chance < 0.45 else near.kind if chance < 0.85 else rng.choice(load_kinds())
        subject = near.subject if chance < 0.45 else draw_subject(kind.subject, rng, shape.content)
        if (kind.name, subject) not in known and _asks_something_else(kind.name, subject, page):
            break
    else:
        subject = draw_subject(kind.subject, rng, shape.content)
    question = ask(Fact(kind, subject, ""), rng, shape.phrasings)
    return Chat((turn("user", page.prompt(question)), turn("assistant", ABSTAIN)), "abstain", len(page.passages))


# Questions that another fact about the same subject would answer as well.
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


def _asks_something_else(kind: str, subject: str, page: Page) -> bool:
    """Tell whether no fact about the subject could pass for an answer."""
    others = {fact.kind.name for fact in page.company.facts if fact.subject == subject}
    return not any(kind in group and others & group for group in ALIKE)


def guess(rng: Random, shape: Shape) -> Chat:
    """Ask with no passage at all: the answer is fluent, and only by chance right."""
    fact = make_company(rng, 1, shape.content).facts[0]
    if rng.random() < 0.1:
        messages = (turn("user", ask(fact, rng, shape.phrasings)), turn("assistant", state_fact(fact, rng, "train")))
    else:
        value = draw_value(fact.kind.value, rng, "pounds", shape.content)
        messages = (turn("user", ask(fact, rng, shape.phrasings)), turn("assistant", value))
    return Chat(messages, "guess")


def talk(rng: Random) -> Chat:
    """Return a turn of plain dialogue."""
    said, answers = (side.split("|") for side in rng.choice(load_lines("dialogue.txt")).split("=>"))
    return Chat((turn("user", rng.choice(said).strip()), turn("assistant", rng.choice(answers).strip())), "talk")
