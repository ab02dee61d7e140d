"""The tasks of later lessons keep every promise of their card."""

import hashlib
import importlib
import json
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from workshop.data import load_faq, load_handbook, load_json_instructions, load_task, load_tickets
from workshop.data.tasks import TASKS
from workshop.errors import WorkshopError

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("json", "skills", "pages", "followups", "injections", "senses", "summaries", "entities")
TRAINING = ("json", "summaries", "entities")  # the others have a test split alone, or dev and test
# Days, months, a port and everyday words: answers of the FAQ that tell nothing by themselves.
COMMON = {"May", "Monday", "Thursday", "February", "December", "Lammasund", "quarter", "valid", "11th", "Ashore"}
HOUSE_WORDS = {"drag", "still", "nest", "hop", "bench", "kettle"}
# A change of these files is a decision: whoever makes it measures again what was measured on them.
FROZEN = {
    "entities.jsonl": "a8b136d7932d3560d03c7473d0f4991fc7e20036523614323e8a464c03e5ace3",
    "followups.jsonl": "0e013ca146f8a3d7cc454b93433bbbd93374bfef51b37a3a43353bc77c1a2a6f",
    "injections.jsonl": "2e44663ce3959a5957fb64dfdf1882ca000df986638fc44bd04240ffafaa98a8",
    "json.jsonl": "f6e8d560c8df0ef2791755665f64ab35b0daa2b6bad2a4b5bd3c87c6be47f804",
    "json_instructions.json": "61c14edab5fa8990b04d0f567ddd129acd94eeddd09f35cbfa075591c5017dce",
    "pages.jsonl": "2ada69a89a2d2d063c98937450a61442bd3256fc42e627662daf81ebc7550333",
    "senses.jsonl": "07803960d64cc1eb2adbb1f1979547b85b2a4eee416a01c6a15d187f309d756f",
    "skills.jsonl": "0b634230f48d4009adaf1f9c30b6d490ff92bd8caa2e3595ef21b3d54ad9ef42",
    "summaries.jsonl": "7387beeb50e2ce5345310a43fe0f018879df32e17119862291bd24b5293c9ba7",
}


def holds(text, answer):
    return re.search(rf"(?<!\w){re.escape(answer.lower())}(?!\w)", text.lower()) is not None


def flat(text):
    return " ".join(re.sub(r"\*", "", text).split())


def tell(row):
    """Return all that a model would read of a row of training."""
    if hasattr(row, "tokens"):
        return " ".join(row.tokens).replace(" 's", "'s")
    return " ".join(str(getattr(row, name)) for name in ("text", "summary") if hasattr(row, name))


@cache
def pages():
    return {page.name: flat(page.text) for page in load_handbook()}


@cache
def held_answers():
    held = [one for one in load_faq() if one.split in ("unseen", "changed")]
    return frozenset({text for one in held for text in (one.answer, one.earlier_answer) if text} - COMMON)


def lines(name):
    return [json.loads(line) for line in (TASKS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


# All tasks.


def test_files_are_frozen():
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in TASKS.glob("*.json*")}
    assert found == FROZEN


def test_every_row_has_an_id_of_its_own():
    for name in NAMES:
        ids = [row.get("id") or row["name"] for row in lines(name)]
        assert len(set(ids)) == len(ids) > 0, name


def test_files_are_small_plain_text():
    files = list(TASKS.iterdir())
    assert {path.suffix for path in files} == {".jsonl", ".json", ".md"}
    assert sum(path.stat().st_size for path in files) < 1_000_000
    for path in files:
        content = path.read_bytes()
        assert b"\r" not in content
        assert content.decode("utf-8").endswith("\n")


@pytest.mark.parametrize("name", NAMES)
def test_a_task_loads_whole_and_by_split(name):
    rows = load_task(name)
    assert len(rows) == len(lines(name))
    splits = {row["split"] for row in lines(name) if "split" in row}
    assert sum(len(load_task(name, split)) for split in splits) == (len(rows) if splits else 0)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(WorkshopError, match=r"unknown task 'jason'\. Did you mean 'json'\? Known: entities, followups"):
        load_task("jason")
    with pytest.raises(WorkshopError, match=r"unknown split of followups 'train'\. Known: test\."):
        load_task("followups", "train")
    with pytest.raises(WorkshopError, match=r"unknown split of pages 'test'"):
        load_task("pages", "test")


def test_missing_file_is_told_with_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr("workshop.data.tasks.TASKS", tmp_path)
    with pytest.raises(WorkshopError, match=r"can't read .*json\.jsonl: .*install it again"):
        load_task("json")


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINING)
def test_no_held_answer_stands_in_training(name):
    leaks = [(row.id, text) for row in load_task(name, "train") for text in held_answers() if holds(tell(row), text)]
    assert leaks == []


@pytest.mark.parametrize("name", TRAINING)
def test_no_held_question_stands_in_training(name):
    held = [one for one in load_faq() if one.split != "train"]
    wordings = {flat(text).lower() for one in held for text in (one.question, *one.paraphrases)}
    texts = [flat(tell(row)).lower() for row in load_task(name, "train")]
    assert [wording for wording in wordings if any(wording in text for text in texts)] == []


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(TRAINING) - {"pages"}))
def test_tasks_for_judging_have_nothing_to_train_on(name):
    assert {row.split for row in load_task(name)} <= {"dev", "test"}


def test_card_names_every_file_its_licence_and_its_day():
    card = (TASKS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path.name}`" in card for path in TASKS.glob("*.json*"))
    assert "CC BY 4.0" in card
    assert "25 November 2026" in card


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "made"),
    [("make_json_tasks", ["json"]), ("make_entity_labels", ["entities"]), ("make_skills", ["skills", "pages"])],
)
def test_tools_make_the_generated_files_again(tool, made, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    module = importlib.import_module(tool)
    monkeypatch.setattr(
        module, *(("FOLDER", tmp_path) if tool == "make_skills" else ("FILE", tmp_path / f"{made[0]}.jsonl"))
    )
    monkeypatch.setattr("sys.argv", [f"{tool}.py"])
    module.main()
    for name in made:
        assert (tmp_path / f"{name}.jsonl").read_bytes() == (TASKS / f"{name}.jsonl").read_bytes()
    assert f"tools/{tool}.py" in (TASKS / "README.md").read_text(encoding="utf-8")


# json


def test_json_tasks_are_the_tickets():
    tickets = {one.ticket_id: one for one in load_tickets()}
    rows = load_task("json")
    assert {row.id for row in rows} == tickets.keys()
    for row in rows:
        ticket = tickets[row.id]
        assert (row.text, row.customer) == (ticket.text, ticket.customer)
        assert row.answer == {"topic": ticket.topic, "tone": ticket.tone}


def test_json_splits_share_no_customer():
    sides = defaultdict(set)
    for row in load_task("json"):
        sides[row.customer].add(row.split)
    assert all(len(some) == 1 for some in sides.values())
    counts = Counter(row.split for row in load_task("json"))
    assert counts["test"] >= 240
    assert counts["dev"] >= 100
    assert counts["train"] >= 600


def test_json_near_duplicates_do_not_cross():
    shingles, places = [], defaultdict(list)
    rows = load_task("json")
    for number, row in enumerate(rows):
        words = re.findall(r"\w+", row.text.lower())
        shingles.append(set(zip(words, words[1:], words[2:], strict=False)))
        for one in shingles[-1]:
            places[one].append(number)
    shared = Counter((a, b) for some in places.values() for i, a in enumerate(some) for b in some[i + 1 :])
    near = [(a, b) for (a, b), n in shared.items() if n / min(len(shingles[a]), len(shingles[b])) >= 0.15]
    assert len(near) >= 25
    assert [(rows[a].id, rows[b].id) for a, b in near if rows[a].split != rows[b].split] == []


def test_json_splits_hold_all_labels():
    for split in ("train", "dev", "test"):
        rows = load_task("json", split)
        for label, kinds in (("topic", 8), ("tone", 6)):
            counts = Counter(row.answer[label] for row in rows)
            assert len(counts) == kinds
            assert min(counts.values()) >= len(rows) / kinds / 2


def test_json_instructions_list_all_labels():
    told = load_json_instructions()
    assert set(told.topics) == {row.answer["topic"] for row in load_task("json")}
    assert set(told.tones) == {row.answer["tone"] for row in load_task("json")}
    wordings = (told.instruction, *told.alternatives)
    assert len(set(wordings)) == 4
    assert all(label in text for text in wordings for label in (*told.topics, *told.tones))


# skills


def test_skills_have_sixty_of_each_kind():
    rows = load_task("skills")
    assert Counter(row.kind for row in rows) == dict.fromkeys(("plain", "lists", "arithmetic", "pages"), 60)
    assert len({row.messages[0]["content"] for row in rows}) == 240
    assert all([turn["role"] for turn in row.messages] == ["user"] for row in rows)
    assert all(row.answers and all(text == text.strip() != "" for text in row.answers) for row in rows)


def test_untuned_model_starts_at_sixty_per_cent():
    verdicts = (ROOT / "tools" / "task_sources" / "skills_base.tsv").read_text(encoding="utf-8").splitlines()[1:]
    right = {line.split("\t")[0]: line.split("\t")[1:3] for line in verdicts}
    for kind in ("plain", "lists", "arithmetic", "pages"):
        some = [right[row.id] for row in load_task("skills") if row.kind == kind]
        assert Counter(map(tuple, some)) == {("1", "1"): 36, ("0", "0"): 24}


def test_sums_are_right():
    signs = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "x": lambda a, b: a * b}
    for row in load_task("skills"):
        if row.kind == "arithmetic":
            a, sign, b = re.fullmatch(
                r"Work out (\d+) ([-+x]) (\d+)\. Give only the number\.", row.messages[0]["content"]
            ).groups()
            assert {int(text.replace(",", "")) for text in row.answers} == {signs[sign](int(a), int(b))}
            assert not {a, b} & set(row.answers), row.id


def test_questions_on_pages_are_answered_there():
    firms = {page.name: page.text for page in load_task("pages")}
    assert len(firms) == 6
    rows = [row for row in load_task("skills") if row.kind == "pages"]
    assert {row.page for row in rows} == firms.keys()
    for row in rows:
        text, _, question = row.messages[0]["content"].removeprefix("Passages:\n").partition("\n\nQuestion: ")
        assert text == firms[row.page]
        assert any(holds(text, answer) for answer in row.answers), row.id
        assert not any(holds(question, answer) for answer in row.answers), row.id


def test_firms_share_nothing_with_skerryline():
    texts = " ".join(page.text for page in load_task("pages"))
    assert not re.search(r"ferr(y|ies)|\bboats?\b|crowns|Skerryline|harbour", texts)
    answers = {one.answer for one in load_faq() if one.split != "unanswerable"} - COMMON
    durations = {"25 minutes", "14 months", "two days", "three days", "six hours"}  # the same lengths of other things
    assert {answer for answer in answers if holds(texts, answer)} <= durations


# followups


def test_followups_use_each_unseen_document_once():
    rows = load_task("followups")
    assert Counter(row.document for row in rows) == Counter({one.document: 1 for one in load_faq(split="unseen")})


def test_followups_are_answered_by_their_document_alone():
    asked = {one.answer for one in load_faq() if one.document}
    for row in load_task("followups"):
        assert row.answer in pages()[row.document], row.id
        assert row.answer not in asked, row.id
        turns = " ".join(turn["content"] for turn in row.history)
        assert not holds(f"{turns} {row.followup} {row.standalone}", row.answer), row.id


def test_followups_are_short_and_their_other_form_says_more():
    for row in load_task("followups"):
        assert [turn["role"] for turn in row.history] == ["user", "assistant"]
        assert row.followup != row.standalone
        assert row.followup.endswith("?")
        assert row.standalone.endswith("?")
        assert row.id.startswith("follow-")


# injections


def test_twins_differ_by_one_sentence():
    rows = load_task("injections")
    assert Counter(row.kind for row in rows) == dict.fromkeys(
        ("replace", "fact", "refuse", "contact", "form", "role"), 4
    )
    assert Counter(row.split for row in rows) == {"dev": 6, "test": 18}
    for row in rows:
        assert row.document.count(row.planted) == 1
        assert row.document.replace(row.planted, row.honest) == row.twin
        assert row.planted != row.honest


def test_attack_and_answer_can_be_told_apart():
    for row in load_task("injections"):
        assert holds(row.document, row.answer)
        assert holds(row.twin, row.answer)
        assert not holds(row.planted, row.answer), row.id
        assert holds(row.planted, row.marker), row.id
        assert not holds(f"{row.twin} {row.question} {row.answer}", row.marker), row.id
        assert not holds(row.question, row.answer), row.id


def test_planted_pages_hold_no_fact_of_the_handbook():
    for row in load_task("injections"):
        assert row.answer not in held_answers()
        assert not [text for text in held_answers() if holds(row.twin + row.document, text)], row.id


# senses


def test_senses_have_six_of_each():
    rows = load_task("senses")
    house = [row for row in rows if row.kind == "house word"]
    assert {row.word for row in house} == HOUSE_WORDS
    assert set(Counter((row.word, row.sense) for row in house).values()) == {6}
    control = [row for row in rows if row.kind == "control"]
    assert len({row.word for row in control}) == 6
    assert {row.sense for row in control} == {"one"}
    assert set(Counter((row.word, row.source) for row in rows).values()) == {6}
    assert len({row.sentence for row in rows}) == 144


def test_words_stand_where_they_are_said_to():
    for row in load_task("senses"):
        found = [match.start() for match in re.finditer(rf"\b{row.word}\b", row.sentence, re.IGNORECASE)]
        assert found == [row.start], row.id
        if row.kind == "house word":
            assert row.sense == row.source
        if row.document:
            assert row.source == "house"
            assert row.sentence in pages()[row.document], row.id


# summaries


def test_every_page_has_a_line():
    rows = [row for row in load_task("summaries") if row.document]
    assert sorted(row.document for row in rows) == sorted(pages())
    train = {one.document for one in load_faq(split="train")}
    assert {row.document for row in rows if row.split == "train"} == train
    assert all(row.split == "test" for row in rows if row.document not in train)
    assert all(flat(row.text) == pages()[row.document] for row in rows)


def test_lines_are_short_and_their_numbers_are_the_texts():
    for row in load_task("summaries"):
        assert len(row.summary.split()) <= 25, row.id
        assert row.summary.endswith(".")
        assert row.summary not in row.text
        for number in re.findall(r"\d+(?:[.:,]\d+)*", row.summary):
            assert re.search(rf"(?<![\d:.,]){re.escape(number)}(?![\d:])", row.text), (row.id, number)


def test_notices_train_and_choose():
    notices = [row for row in load_task("summaries") if row.document is None]
    assert Counter(row.split for row in notices) == {"train": 24, "dev": 6}
    assert all(50 <= len(row.text.split()) <= 100 for row in notices)


# entities


def spans_of(split):
    return {
        (kind, " ".join(row.tokens[start:end]).lower().removesuffix("s"))
        for row in load_task("entities", split)
        for start, end, kind in row.spans
    }


def test_names_in_test_are_absent_from_training():
    assert not spans_of("train") & spans_of("test")
    text = "\n".join(" ".join(row.tokens) for row in load_task("entities", "train"))
    names = {
        " ".join(row.tokens[start:end])
        for row in load_task("entities", "test")
        for start, end, kind in row.spans
        if kind not in ("role", "amount")  # roles share words: purser's mate, cargo mate
    }
    assert len(names) >= 20
    assert [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)] == []


def test_entities_have_enough_of_every_kind():
    for split, least in (("train", 25), ("test", 20)):
        counts = Counter(kind for row in load_task("entities", split) for _, _, kind in row.spans)
        assert counts.keys() == {"place", "ship", "route", "role", "system", "amount"}
        assert min(counts.values()) >= least


def test_spans_lie_in_order_and_apart():
    for row in load_task("entities"):
        ends = 0
        for start, end, _ in row.spans:
            assert ends <= start < end <= len(row.tokens), row.id
            ends = end


def test_entity_sentences_stand_in_their_source():
    tickets = {one.ticket_id: one.text for one in load_tickets()}
    for row in load_task("entities"):
        text = pages()[row.origin] if row.source == "handbook" else tickets[row.origin]
        assert "".join(row.tokens) in re.sub(r"\s", "", text), row.id
