"""Questions and tickets as other programs write them: the right value, or one line with file, line and field."""

import json
import unicodedata
import warnings

import pytest

from workshop.cli import commands
from workshop.data import load_faq, load_handbook, load_tickets
from workshop.data.files import DataWarning, find_encoding, read_text
from workshop.data.tables import MOST_LETTERS
from workshop.doctor.own_data import examine
from workshop.errors import WorkshopError
from workshop.settings import Settings

HEAD = "question,document\n"
TICKETS = "text,label\nThe boat was late,delay\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "handbook").mkdir()
    for name in ("dogs.md", "café.md", "Pilot's Notes.txt", "staff/Leave.md", "v1.2.md"):
        write(tmp_path, f"handbook/{name}", f"About {name}.")
    return tmp_path


@pytest.fixture
def settings(folder):
    return Settings(data=folder)


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def line(**fields):
    return json.dumps({"question": "Do dogs pay?", "document": "dogs", **fields}) + "\n"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"document": ["dogs"]}, r"field document: expected text, got \['dogs'\]"),
        ({"document": {"name": "dogs"}}, "field document: expected text, got {'name': 'dogs'}"),
        ({"document": True}, "field document: expected text, got True"),
        ({"id": ["a"]}, r"field id: expected text, got \['a'\]"),
        ({"paraphrases": 3}, "field paraphrases: expected a list of texts, got 3"),
        ({"paraphrases": ["a", None]}, r"field paraphrases: expected a list of texts, got \['a', None\]"),
        ({"answer": ["4 crowns"]}, r"field answer: expected text, got \['4 crowns'\]"),
        ({"answer": False}, "field answer: expected text, got False"),
        ({"answer_v1": {}}, "field answer_v1: expected text, got {}"),
        ({"question": 5}, "field question: expected text, got 5"),
        ({"question": "\0\u200b"}, "field question: expected text"),
        ({"split": 3}, "field split: unknown split '3'"),
        ({"split": ["train"]}, r"field split: expected text, got \['train'\]"),
        ({"question": ["x"] * 999}, r"field question: expected text, got .{50,70}…"),
    ],
)
def test_a_field_of_another_kind_is_named_with_file_and_line(folder, settings, fields, message):
    write(folder, "faq.jsonl", line() + line(**fields))
    with pytest.raises(WorkshopError, match=rf"faq\.jsonl, line 2, {message}"):
        load_faq(settings)


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({"answer": 0}, "answer", "0"),
        ({"answer": 29}, "answer", "29"),
        ({"answer": 12.5}, "answer", "12.5"),
        ({"answer": None}, "answer", ""),
        ({"answer_v1": 0}, "earlier_answer", "0"),
        ({"id": 0}, "id", "0"),
        ({"id": ""}, "id", "line-1"),
        ({"paraphrases": "Are dogs free?"}, "paraphrases", ("Are dogs free?",)),
        ({"paraphrases": None}, "paraphrases", ()),
        ({"split": "Train"}, "split", "train"),
        ({"question": "Is the oﬃce open?"}, "question", "Is the office open?"),
        ({"question": "Is \ud83d\ude00 free?"}, "question", "Is 😀 free?"),
        ({"question": "Is \ud83d free?"}, "question", "Is � free?"),
    ],
)
def test_a_value_that_can_be_meant_is_taken(folder, settings, fields, name, value):
    write(folder, "faq.jsonl", line(**fields))
    assert getattr(load_faq(settings)[0], name) == value


@pytest.mark.parametrize(
    ("first", "second"), [({"id": 1}, {"id": "1"}), ({"id": "line-2"}, {}), ({"id": 0}, {"id": 0})]
)
def test_ids_that_read_alike_are_the_same(folder, settings, first, second):
    write(folder, "faq.jsonl", line(**first) + line(**second))
    with pytest.raises(WorkshopError, match=r"faq\.jsonl, line 2, field id: '.*' is there twice, first in line 1"):
        load_faq(settings)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 100_000, "line 1: expected one JSON object a line"),
        ('[\n{"question": "a", "document": "dogs"}\n]\n', "line 1: .* The file looks like one list"),
        (line().encode("utf-16")[:-1], "line 1: it begins as UTF-16 and goes on as something else"),
        (line().encode() + line(question="Käse?").encode("utf-16"), "line 2: expected text, got binary data"),
    ],
)
def test_what_is_no_json_lines_is_one_line(folder, settings, content, message):
    write(folder, "faq.jsonl", content)
    with pytest.raises(WorkshopError, match=rf"faq\.jsonl, {message}"):
        load_faq(settings)


@pytest.mark.parametrize("content", [b"caf\xe9\n\0", b"plain\n\0", "Käse\n".encode() + b"\xe9 \0"])
def test_binary_data_is_refused_wherever_it_begins(folder, content):
    with pytest.raises(WorkshopError, match=r"a\.txt, line 2: expected text, got binary data"):
        read_text(write(folder, "a.txt", content))


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("name", ["faq.csv", "faq.jsonl", "tickets.csv", "handbook/price.txt"])
def test_a_file_that_was_cut_inside_a_character_is_told_with_its_line(folder, settings, name, cut):
    write(folder, name, "text,label\nIt costs 5 €".encode()[:-cut])
    load = {"h": load_handbook, "f": load_faq, "t": load_tickets}[name[0]]
    with pytest.raises(WorkshopError, match=rf"{name.rpartition('/')[2]}, line 2: the file ends inside a character"):
        load(settings)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("plain\nein Café".encode("cp1252"), ("cp1252", "strict")),
        ("„Käse“ und €".encode("cp1252"), ("cp1252", "strict")),
        ("Käse, Brötchen und Tee\n".encode() + "Café\n".encode("cp1252"), ("utf-8", "workshop.mixed")),
        (b"\xef\xbb\xbfplain\n" + "Café\n".encode("cp1252"), ("utf-8-sig", "workshop.mixed")),
    ],
)
def test_files_of_one_encoding_and_of_two_are_told_apart(folder, content, encoding):
    path = write(folder, "a.txt", content)
    with pytest.warns(DataWarning, match="read as Windows-1252"):
        assert find_encoding(path) == encoding
    with pytest.warns(DataWarning, match="Windows-1252"):
        assert read_text(path).splitlines()[-1] in ("ein Café", "„Käse“ und €", "Café")


def test_utf_32_is_read(folder):
    assert read_text(write(folder, "a.txt", "5 € für Käse".encode("utf-32"))) == "5 € für Käse"


@pytest.mark.parametrize(
    "content",
    [
        'sep=;\ntext;label\n"late; very late";delay\nfine;thanks\n',
        '"sep=;"\r\ntext;label\r\n"late; very late";delay\r\nfine;thanks\r\n',
        "sep=|\ntext|label\nlate; very late|delay\nfine|thanks\n",
        '"text","label","note, with, commas; here"\n"late; very late","delay",""\nfine,thanks,\n',
        'text;label;"note, with, commas, here"\n"late; very late";delay;\nfine;thanks;\n',
        '"text","label","note\nin two lines"\n"late; very late",delay,\nfine,thanks,\n',
        'text, label\n"late; very late", "delay"\nfine, thanks\n',
        "text,label\nlate; very late,delay,,\nfine,thanks,\n",
        "\ufeffText , LABEL\nlate; very late,delay\nfine,thanks\n",
        "text\tlabel\nlate; very late\tdelay\nfine\tthanks\n",
        "text,label\rlate; very late,delay\rfine,thanks\r",
    ],
)
def test_what_spreadsheets_write_is_read(folder, settings, content):
    write(folder, "tickets.csv", content)
    tickets = [(one.text, one.topic) for one in load_tickets(settings)]
    assert tickets == [("late; very late", "delay"), ("fine", "thanks")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            TICKETS + '"never closed,x\n' + "more,x\n" * 9,
            "line 3, column text: a double quote opens here and never clos",
        ),
        (
            TICKETS + 'a,"never closed\n' + "more,x\n" * 9,
            "line 3, column label: a double quote opens here and never cl",
        ),
        (
            TICKETS + '"never closed,x\n' + "more of it,x\n" * 120_000,
            "line 3, column text: more than 1,000,000 letters",
        ),
        (TICKETS + '"a "word" here",x\n', "line 3: text goes on after a double quote"),
        ('"text,label\nmore\n', "line 1: a double quote opens here and never closes"),
        ('"text,label\n' + "more\n" * 99, "line 1: a double quote opens here and never closes"),
        ("text,label,text\na,b,c\n", "line 1: the column text is there twice"),
        ("sep=;\ntext;topic\na;b\n", "line 2: expected columns named text and label"),
        ("text,label\n<br><!-- x -->,delay\n", "line 2, column text: holds nothing but comments and tags"),
    ],
)
def test_what_can_not_be_a_table_is_told_with_its_line(folder, settings, content, message):
    write(folder, "tickets.csv", content)
    with pytest.raises(WorkshopError, match=rf"tickets\.csv, {message}"):
        load_tickets(settings)


def test_a_ticket_of_144_000_letters_is_read_whole(folder, settings):
    text = "late again, " * 12_000
    write(folder, "tickets.csv", TICKETS + f'"{text}",complaint\n')
    assert len(text) < MOST_LETTERS
    assert load_tickets(settings)[1].text == text.strip()


def test_tickets_lose_their_tags_and_it_is_said(folder, settings):
    write(folder, "tickets.csv", TICKETS + '"<p>Lost &amp; found?</p>",question\n')
    with pytest.warns(DataWarning, match=r"tickets\.csv: HTML tags left out, 2 in all"):
        assert load_tickets(settings)[1].text == "Lost & found?"


def test_labels_that_differ_in_case_alone_are_told(folder, settings):
    write(folder, "tickets.csv", TICKETS + "Late again,Delay\n")
    with pytest.warns(DataWarning, match="'Delay' and 'delay' count as different labels"):
        load_tickets(settings)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Dogs", "dogs"),
        ("DOGS.MD", "dogs"),
        ("dogs.pdf", "dogs"),
        ("handbook/dogs.md", "dogs"),
        ("./dogs", "dogs"),
        (unicodedata.normalize("NFD", "café"), "café"),
        (unicodedata.normalize("NFD", "CAFÉ.md"), "café"),
        ("Pilot’s notes", "Pilot's Notes"),
        ("staff\\leave.md", "staff/Leave"),
        ("v1.2", "v1.2"),
    ],
)
def test_names_of_documents_are_compared_as_people_mean_them(folder, settings, written, name):
    write(folder, "faq.jsonl", line(document=written))
    question = load_faq(settings)[0]
    assert question.document == name
    assert name in {page.name for page in load_handbook(settings)}


def test_a_name_stored_decomposed_is_found_composed(folder, settings):
    write(folder, f"handbook/{unicodedata.normalize('NFD', 'fähre')}.md", "About ferries.")
    write(folder, "faq.csv", HEAD + "How?,fähre\n")
    assert load_faq(settings)[0].document == "fähre"
    assert "fähre" in {page.name for page in load_handbook(settings)}


def test_two_names_that_differ_in_case_alone_are_refused(folder, settings):
    write(folder, "handbook/DOGS.txt", "Others.")
    if len(list((folder / "handbook").glob("*ogs*"))) + len(list((folder / "handbook").glob("*OGS*"))) < 2:
        pytest.skip("this disk holds one file of both names")
    with pytest.raises(WorkshopError, match="two documents are named 'dogs'"):
        load_handbook(settings)


def test_the_list_of_names_in_a_message_is_capped(folder, settings):
    for number in range(200):
        write(folder, f"handbook/page-{number:03}.md", "Page.")
    write(folder, "faq.csv", HEAD + "How?,pagee-007\n")
    with pytest.raises(WorkshopError, match=r"Did you mean 'page-007'\?.* and 185 more\.") as caught:
        load_faq(settings)
    assert len(str(caught.value)) < 500


def test_a_second_editions_page_that_matches_none_is_told_and_added(folder, settings):
    write(folder, "handbook_v2/DOGS.txt", "Dogs go free.")
    write(folder, "handbook_v2/dogz.md", "Typing error.")
    write(folder, "handbook_v2/submarines.md", "New.")
    told = r"handbook_v2/: no document of handbook/ has the name of dogz \(is it dogs\?\), submarines\. Added as new\."
    with pytest.warns(DataWarning, match=told):
        pages = {page.name: page for page in load_handbook(settings, edition=2)}
    assert (pages["dogs"].text, pages["dogs"].edition) == ("Dogs go free.", 2)
    assert {"dogz", "submarines", "café"} <= set(pages)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "dogz" not in {page.name for page in load_handbook(settings, edition=1)}
    assert "is it dogs?" in " ".join(part.found for part in examine(folder) if part.state == "warn")


def test_a_second_edition_without_a_first_is_told(tmp_path):
    write(tmp_path, "handbook_v2/dogs.md", "Dogs go free.")
    write(tmp_path, "tickets.csv", TICKETS + "Fine,thanks\n")
    told = [part for part in examine(tmp_path) if part.name == "your data"]
    assert [(part.state, part.found) for part in told] == [("warn", "handbook_v2/ is not used: there is no handbook/")]


ODD = {
    "faq.jsonl": [
        line(document=["dogs"]),
        line(id=["a"]),
        line(paraphrases=3),
        "[" * 100_000,
        b'{"a": "\xc3',
        b"\xff\xfe{",
    ],
    "faq.csv": [HEAD + '"open,\n', b"question,document\nK\xc3", b"\xff\xfe\x00", '"', "\n\n"],
    "tickets.csv": [TICKETS + '"', b"\xfe\xff\x00", b"\x81", "sep=;", "text,label\n"],
    "handbook/odd.txt": [b"5 \xe2\x82", b"\x00", "", "<!-- -->"],
    "handbook/odd.pdf": [
        b"%PDF-1.4 cut",
        b"",
        b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj trailer << /Root 1 0 R >>",
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "content"), [(name, one) for name, several in ODD.items() for one in several])
def test_the_doctor_never_ends_without_its_table(folder, name, content):
    from click.testing import CliRunner

    write(folder, name, content)
    run = CliRunner().invoke(commands, ["doctor", "--data", str(folder)])
    assert run.exit_code == 1
    assert isinstance(run.exception, SystemExit)
    assert "fail" in run.output
    assert name.rpartition("/")[2] in run.output.replace("\n", "")


def test_what_nobody_thought_of_is_a_line_of_the_table(folder, monkeypatch):
    write(folder, "tickets.csv", TICKETS + "Fine,thanks\n")
    monkeypatch.setattr("workshop.data.rows.read_tickets", lambda _: {}["no such thing"])
    (part,) = [one for one in examine(folder) if one.name == "your tickets"]
    assert (part.state, part.found) == ("fail", "can't be read (KeyError: 'no such thing')")
