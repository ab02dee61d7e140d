"""The claims that learners predict and lessons measure, one short sentence each."""

from dataclasses import dataclass

from workshop.errors import unknown

CHOICES = {
    "holds": "The measurement supports the sentence as it stands.",
    "holds within limits": "It is shown in some of the measured cases and not in others.",
    "does not hold": "The measurement speaks against it.",
    "can't tell": "The measurement is too uncertain to decide.",
}
TRUE_BY_CONSTRUCTION = "true by construction"


@dataclass(frozen=True)
class Statement:
    """A claim as learners read it.

    lessons: the numbers of those that measure it ("03"). meaning: what it comes to, in words that someone knows who has
    not read those lessons yet; "" where nothing needs to be said.
    """

    id: str
    sentence: str
    lessons: tuple[str, ...]
    meaning: str = ""


_TEXTS = (
    ("01", "Word vectors that are trained from nothing, on plain text alone, capture what words mean."),
    ("01", "The more text you have, the more dimensions your word vectors should have."),
    ("02", "Embeddings are smaller and cheaper than counting words."),
    ("02", "One vector can carry the meaning of a whole document."),
    ("02", "Embeddings are as useful for recommending things as for language."),
    ("03", "Fine-tuning needs far fewer labelled examples than training from scratch."),
    ("03 04", "Fine-tuning is cheaper than training from scratch."),
    ("03", "Training only the top layers is nearly as good as training all of them."),
    ("03", "Fine-tuning leaves the way in which the input is represented as it was."),
    ("03", "Hyper-parameters such as learning rate and number of epochs decide whether fine-tuning works."),
    ("04", "A model that is fine-tuned keeps what it could do before."),
    ("04", "Fine-tuning changes a model for good: there is no way back."),
    ("04", "Fine-tuning is good at teaching behaviour: format, tone and jargon."),
    ("05", "Retrieval gives a model the facts that it lacks."),
    ("05", "A model that reads documents before it answers makes up less."),
    ("06", "When facts change, retrieval keeps up and a fine-tuned model goes stale."),
    ("05 06", "Retrieval is cheaper and simpler than fine-tuning, even when there is much to search."),
    ("04 06", "A good prompt, with instructions and a few examples, already gets you far."),
    ("06", "A model that has studied the documents makes better use of them when it may look them up."),
    ("06", "Fine-tuning and retrieval add up: both together beat either alone."),
    ("01 03", "Bias in the training data shows in what is learnt from it."),
    ("07", "One recipe, from choosing a model to saving it, fits many tasks and media."),
    ("04", "A few dozen examples are enough to fine-tune how a model behaves."),
    ("04", "Good and varied examples matter more than many examples."),
    ("04", "What a model learnt long ago fades as facts go, but its habits and the gist stay."),
    ("05", "Ready-made embeddings get better at a task when they are fine-tuned for it."),
    ("02", "Vectors that depend on the sentence tell the senses of a word apart; one fixed vector a word can't."),
    ("04", "Fine-tuning makes a model fit the language of a field."),
    ("02", "Embeddings can lose most of their dimensions and still be nearly as good."),
    ("05", "Embeddings give a language model knowledge."),
    ("05", "Tuning facts into a model does no harm."),
    ("04", "Tuning a language model needs a graphics card."),
)
_MEANINGS = {
    "C01": "From nothing: it begins with random numbers. Captures: it finds those words alike that people find alike.",
    "C02": "A word vector is a list of numbers that stands for a word; its dimensions are how many numbers.",
    "C06": (
        "Fine-tuning goes on training a model that was trained on other text before. A labelled example is one that "
        "comes with its right answer."
    ),
    "C08": "A model works in layers, one after the other. The top ones are the last before the answer.",
    "C11": "Say that it learns to answer as a ferry company does: does it still know what it knew?",
    "C19": "As a student who has read the book does better in an exam in which it lies open.",
    "C20": "Both: it was trained on examples, and it reads passages that a search has found.",
    "C21": "Bias: what a text takes for granted about people, such as who does which work.",
}
STATEMENTS = {
    f"C{number:02d}": Statement(f"C{number:02d}", sentence, tuple(lessons.split()), _MEANINGS.get(f"C{number:02d}", ""))
    for number, (lessons, sentence) in enumerate(_TEXTS, start=1)
}


def find_statement(claim_id: str) -> Statement:
    """Return the statement with this id, a lesson's part of it included ("C21/01"); raise WorkshopError for others."""
    whole = claim_id.partition("/")[0]
    if whole not in STATEMENTS:
        raise unknown("claim", claim_id, STATEMENTS)
    return STATEMENTS[whole]


def check_choice(answer: str) -> str:
    """Return a prediction if it is one of the four choices; raise WorkshopError otherwise."""
    if answer not in CHOICES:
        raise unknown("prediction", answer, CHOICES)
    return answer
