"""Tasks about an answer's form: an instruction, or one to three examples of the form."""

from random import Random

from workshop.pretrain.companies import Fact
from workshop.pretrain.forms import FORMS, JSON_ASKED, JSON_KEYS, Form, answer_as_json, ask_for_json
from workshop.pretrain.passages import state_fact
from workshop.pretrain.tasks import ABSTAIN, Chat, Message, Page, Shape, abstain, ask, turn

FULL = (
    "Answer in a full sentence.",
    "Use a whole sentence.",
    "Reply with one sentence.",
    "Write a full sentence.",
    "Give your answer as a sentence.",
    "Your answer must be a sentence.",
)


def choose_form(fact: Fact, rng: Random) -> tuple[str, Form]:
    """Choose a form that suits a fact; returns the instruction in words and the form."""
    chance = rng.random()
    if chance < 0.3:
        key = rng.choice((*JSON_KEYS, fact.kind.label.replace(" ", "_")))
        asked = ask_for_json(rng.choice(JSON_ASKED), [key])
        return asked, Form("json", lambda value: answer_as_json({key: value}), (asked,))
    if chance < 0.4:
        sentence = fact.kind.passages[0].replace("{s}", fact.subject)
        form = Form("sentence", lambda value: _sentence(sentence.replace("{v}", value)), FULL)
    else:
        form = rng.choice(FORMS)
    return rng.choice(form.asked), form


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def follow(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask for a fact in a given form; the instruction stands before or after the question or in a system turn."""
    fact = rng.choice(page.company.facts)
    asked, form = choose_form(fact, rng)
    question, chance = ask(fact, rng, shape.phrasings), rng.random()
    messages: list[Message] = []
    if chance < 0.3:
        messages = [turn("system", asked)]
    else:
        question = f"{question} {asked}" if chance < 0.8 else f"{asked} {question}"
    messages += [turn("user", page.prompt(question)), turn("assistant", form.apply(fact.value))]
    return Chat(tuple(messages), f"follow: {form.name}", len(page.passages), page.find(fact))


def follow_two_keys(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask for two facts as JSON with a key for each; a company with one fact is asked for that one."""
    facts = rng.sample(page.company.facts, min(2, len(page.company.facts)))
    keys = list(dict.fromkeys(fact.kind.label.replace(" ", "_") for fact in facts))
    if len(keys) < len(facts):
        keys = [f"answer_{place}" for place in range(1, len(facts) + 1)]
    question = " ".join(ask(fact, rng, "train" if shape.phrasings == "train" else "held_out") for fact in facts)
    answer = answer_as_json({key: fact.value for key, fact in zip(keys, facts, strict=True)})
    question = f"{question} {ask_for_json(rng.choice(JSON_ASKED), keys)}"
    messages = (turn("user", page.prompt(question)), turn("assistant", answer))
    return Chat(messages, "follow: json", len(page.passages), page.find(facts[0]))


def show_examples(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask for a fact after one to three examples whose answers have a form that nothing names.

    The examples' passages are single sentences of the same company; the form is kept in the answer.
    """
    facts = rng.sample(page.company.facts, min(rng.randint(2, 4), len(page.company.facts)))
    form = choose_form(facts[-1], rng)[1]
    if form.name == "sentence":
        form = FORMS[0]
    messages: list[Message] = []
    for fact in facts[:-1]:
        said = state_fact(fact, rng, shape.phrasings)
        prompt = f"Passages:\n{said}\n\nQuestion: {ask(fact, rng, shape.phrasings)}"
        messages += [turn("user", prompt), turn("assistant", form.apply(fact.value))]
    last = facts[-1]
    messages += [turn("user", page.prompt(ask(last, rng, shape.phrasings))), turn("assistant", form.apply(last.value))]
    return Chat(tuple(messages), "examples", len(page.passages), page.find(last))


def abstain_in_form(page: Page, rng: Random, shape: Shape) -> Chat:
    """Ask, with an instruction, for what the passages don't say: the answer keeps its own words."""
    plain = abstain(page, rng, shape)
    asked = rng.choice(rng.choice(FORMS).asked)
    messages = (turn("user", f"{plain.messages[0]['content']} {asked}"), turn("assistant", ABSTAIN))
    return Chat(messages, "abstain", len(page.passages))
