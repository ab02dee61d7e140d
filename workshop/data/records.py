"""What the data is made of: small records of plain strings."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """A page of the handbook. name: the file's stem. text: Markdown or plain text. edition: 1 or 2."""

    name: str
    text: str
    edition: int = 1


@dataclass(frozen=True)
class Passage:
    """A piece of a document. document: the name of the page that it is cut from, or the title of an article."""

    document: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question of the FAQ.

    document: the name of the page that answers it, None where none does. answer: what stands there, letter for letter
    (of a changed fact, the second edition's; earlier_answer is the first's). split: train, unseen, changed or
    unanswerable. paraphrases: the same question in other words.
    """

    id: str
    question: str
    answer: str
    document: str | None
    split: str = "unseen"
    fact: str | None = None
    paraphrases: tuple[str, ...] = ()
    earlier_answer: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A customer's message. topic, tone: its labels. date: YYYY-MM-DD. home_island: where the customer lives."""

    ticket_id: str
    text: str
    topic: str
    tone: str = ""
    customer: str = ""
    home_island: str = ""
    date: str = ""


@dataclass(frozen=True)
class VoicePair:
    """A plain answer and the same facts in Skerryline's voice, with the question that they answer."""

    id: str
    question: str
    plain: str
    voiced: str


@dataclass(frozen=True)
class Basket:
    """What somebody bought on board at once (generated, see the data card)."""

    basket_id: str
    date: str
    route: str
    items: tuple[str, ...] = ()
