"""A user's own texts take Skerryline's place, or a message names file, line, column and what is expected."""

import json
import os
import tracemalloc
import warnings

import pytest

from tests.workshop.pdfs import make_pdf
from workshop.data import available, load_faq, load_handbook, load_tickets
from workshop.data.files import DataWarning, find_encoding, read_text
from workshop.data.pdf import read_pdf
from workshop.data.rows import MOST_ROWS
from workshop.data.tables import stream_csv
from workshop.doctor.own_data import examine
from workshop.errors import WorkshopError
from workshop.settings import Settings, setup

TEXT = "Der Käse kostet 5 €, „sagt“ Żaneta."
WESTERN = "Der Käse kostet 5 €."


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "handbook").mkdir()
    (tmp_path / "handbook" / "leave.md").write_text("# Leave\n\nYou have 29 days.", encoding="utf-8")
    return tmp_path


@pytest.fixture
def settings(folder):
    return Settings(data=folder)


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def test_what_is_there_is_used_and_the_rest_stays_skerrylines(settings):
    assert [(page.name, page.text) for page in load_handbook(settings)] == [("leave", "# Leave\n\nYou have 29 days.")]
    assert load_faq(settings) == load_faq()
    assert {one.owner for one in available(settings) if one.name == "handbook"} == {"yours"}
    assert {one.owner for one in available(settings) if one.name == "faq"} == {"Skerryline"}


def test_environment_and_argument_choose_the_folder(folder, monkeypatch):
    assert load_handbook(setup(data=folder))[0].name == "leave"
    monkeypatch.setenv("WORKSHOP_DATA", str(folder))
    assert load_handbook(setup())[0].name == "leave"


def test_own_second_edition_lies_over_the_first(folder, settings):
    write(folder, "handbook/pets.txt", "Dogs pay.")
    write(folder, "handbook_v2/pets.txt", "Dogs go free.")
    assert [page.text for page in load_handbook(settings, edition=1)][1] == "Dogs pay."
    second = load_handbook(settings, edition=2)
    assert [(page.name, page.edition) for page in second] == [("leave", 1), ("pets", 2)]
    assert second[1].text == "Dogs go free."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark", "utf-16-be-mark"])
def test_encodings_with_a_mark_or_utf8_are_read_quietly(folder, encoding):
    marks = {"utf-16-le-mark": b"\xff\xfe", "utf-16-be-mark": b"\xfe\xff"}
    path = folder / "a.txt"
    path.write_bytes(marks.get(encoding, b"") + TEXT.encode(encoding.removesuffix("-mark")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_text(path) == TEXT


def test_windows_1252_is_read_and_said_with_its_line(folder):
    path = write(folder, "a.txt", "plain\n" + WESTERN, "cp1252")
    with pytest.warns(DataWarning, match=r"a\.txt, line 2: not UTF-8, read as Windows-1252"):
        assert read_text(path) == "plain\n" + WESTERN


def test_a_character_across_two_pieces_is_no_mistake(folder, monkeypatch):
    monkeypatch.setattr("workshop.data.files.CHUNK", 3)
    assert find_encoding(write(folder, "a.txt", "ab€cd\n€")) == ("utf-8", "strict")


@pytest.mark.parametrize(
    ("content", "words"), [(b"a\nb\0c", "line 2: expected text, got binary"), (b"ok\n\x81", "line 2")]
)
def test_what_is_no_text_is_refused_with_its_line(folder, content, words):
    (folder / "a.txt").write_bytes(content)
    with pytest.raises(WorkshopError, match=words):
        read_text(folder / "a.txt")


@pytest.mark.parametrize("name", ["handbook/empty.md", "handbook/blank.txt", "faq.csv", "faq.jsonl", "tickets.csv"])
def test_empty_files_are_named(folder, settings, name):
    write(folder, name, " \n" if "blank" in name else "")
    load = {"h": load_handbook, "f": load_faq, "t": load_tickets}[name[0]]
    with pytest.raises(WorkshopError, match=f"{name.rpartition('/')[2]} is empty"):
        load(settings)


def test_pdf_is_read_page_by_page(folder):
    pytest.importorskip("pypdf")
    (folder / "handbook" / "quay.pdf").write_bytes(make_pdf(["Hold the rail", None, "Mind the gap"]))
    with pytest.warns(DataWarning, match="no text on page 2"):
        documents = load_handbook(Settings(data=folder))
    assert documents[1].text == "Hold the rail\n\nMind the gap"


@pytest.mark.parametrize(
    ("content", "words"),
    [(make_pdf([None, None]), "no text layer"), (b"%PDF-1.4 cut of", "as a PDF"), (b"", "as a PDF")],
)
def test_scanned_and_broken_pdfs_are_told_apart(folder, content, words):
    pytest.importorskip("pypdf")
    (folder / "scan.pdf").write_bytes(content)
    with pytest.raises(WorkshopError, match=f"scan.pdf.*{words}"):
        read_pdf(folder / "scan.pdf")


def test_faq_as_csv_and_as_json_lines_are_the_same(folder, settings):
    write(folder, "faq.csv", "document,Question,answer\nleave.md,How many days?,29 days\n,Who is the master?,\n")
    as_csv = load_faq(settings)
    (folder / "faq.csv").unlink()
    rows = [{"question": "How many days?", "document": "leave", "answer": "29 days"}]
    rows.append({"question": "Who is the master?", "document": None})
    write(folder, "faq.jsonl", "\n".join(map(json.dumps, rows)))
    fields = [(one.question, one.document, one.answer, one.split) for one in load_faq(settings)]
    assert fields == [(one.question, one.document, one.answer, one.split) for one in as_csv]
    assert fields[0] == ("How many days?", "leave", "29 days", "unseen")
    assert fields[1][1::2] == (None, "unanswerable")
    assert len(load_faq(settings, "unanswerable")) == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("faq.csv", "question,page\na,b\n", "line 1: expected columns named question and document, got question, page"),
        (
            "faq.csv",
            "question,document\na,leav\n",
            "line 2, column document: unknown document 'leav'. Did you mean 'le",
        ),
        ("faq.csv", "question,document\n ,leave\n", "line 2, column question: expected text"),
        ("faq.csv", "id,question,document\nx,a,leave\ny,b,leave\nx,c,leave\n", "line 4, column id: 'x' is there twice"),
        ("faq.csv", "question,document\na,leave,more\n", "line 2: expected 2 columns .* got 3"),
        ("faq.csv", 'question,document\n"a,leave\n', "line 2, column question: a double quote opens"),
        ("faq.csv", "question,document,split\na,leave,dev\n", "line 2, column split: unknown split 'dev'"),
        ("faq.jsonl", '{"question": "a", "document": "leave"}\n{"question": "b"\n', "line 2: expected one JSON object"),
        ("faq.jsonl", '{"question": "a"}\n', "line 1: expected an object with question and document"),
        ("faq.jsonl", '["a"]\n', "line 1: expected an object"),
        ("tickets.csv", "text,topic\na,b\n", "line 1: expected columns named text and label.* Missing: label"),
        ("tickets.csv", "text,label\na,x\n\nb,\n", "line 4, column label: expected text"),
        ("tickets.csv", "text,label\na,x\nb,x\n", "at least two labels"),
        ("tickets.csv", "ticket_id,text,label\n1,a,x\n1,b,y\n", "line 3, column ticket_id: '1' is there twice"),
        ("tickets.csv", "text,label\n", "no rows"),
    ],
)
def test_mistakes_are_named_by_file_line_and_column(folder, settings, name, text, words):
    write(folder, name, text)
    with pytest.raises(WorkshopError, match=f"{name}.*{words}"):
        (load_tickets if name.startswith("tickets") else load_faq)(settings)


def test_tickets_keep_what_they_have(folder, settings):
    write(folder, "tickets.csv", 'label;text;customer\nrefund;"two\nlines; one row";c1\napp;It fails;\n')
    first, second = load_tickets(settings)
    assert (first.topic, first.text, first.customer) == ("refund", "two\nlines; one row", "c1")
    assert (second.ticket_id, second.customer) == ("line-4", "line-4")


@pytest.mark.slow
def test_a_million_rows_stream_and_the_first_are_used(folder, settings):
    path = folder / "tickets.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        file.writelines(f"my boat number {row} was late,{'ab'[row % 2]}\n" for row in range(1_000_000))
    tracemalloc.start()
    with pytest.warns(DataWarning, match=r"tickets\.csv has more than 20,000 rows: the first 20,000 are used"):
        tickets = load_tickets(settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(tickets) == MOST_ROWS
    assert peak < 60e6


def test_streaming_reads_no_further_than_asked(folder):
    rows = stream_csv(write(folder, "a.csv", "text,label\na,b\n" + '"broken\n'), ("text",))
    assert next(rows) == (2, {"text": "a", "label": "b"})
    with pytest.raises(WorkshopError, match="line 3"):
        next(rows)


@pytest.mark.slow
def test_ten_thousand_documents_are_read(folder, settings):
    for place in range(10_000):
        (folder / "handbook" / f"page-{place:05}.txt").write_text(f"Page {place}.")
    documents = load_handbook(settings)
    assert len(documents) == 10_001
    assert documents[-1].text == "Page 9999."


def test_subfolders_name_their_documents_and_hidden_files_are_left_out(folder, settings):
    write(folder, "handbook/sub/leave.md", "Another.")
    write(folder, "handbook/.draft.md", "Hidden.")
    assert [page.name for page in load_handbook(settings)] == ["leave", "sub/leave"]


def test_two_documents_of_one_name_are_refused(folder, settings):
    write(folder, "handbook/leave.txt", "Another.")
    with pytest.raises(WorkshopError, match="two documents are named 'leave'"):
        load_handbook(settings)


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
@pytest.mark.parametrize("name", ["handbook/secret.md", "handbook/sub", "faq.csv", "tickets.csv", "handbook/gone.md"])
def test_links_out_of_the_folder_are_refused(folder, settings, tmp_path_factory, name):
    outside = tmp_path_factory.mktemp("outside")
    target = outside if name.endswith("sub") else write(outside, "x.csv", "question,document,text,label\nsecret,,b,c\n")
    (folder / name).symlink_to(outside / "nowhere" if "gone" in name else target)
    load = {"h": load_handbook, "f": load_faq, "t": load_tickets}[name[0]]
    with pytest.raises(WorkshopError, match=f"{name} is a link that leads out"):
        load(settings)


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_links_within_the_folder_are_followed(folder, settings):
    (folder / "handbook" / "copy.md").symlink_to(folder / "handbook" / "leave.md")
    assert [page.name for page in load_handbook(settings)] == ["copy", "leave"]


def test_a_folder_with_both_kinds_of_faq_is_asked_to_choose(folder, settings):
    write(folder, "faq.csv", "question,document\n")
    write(folder, "faq.jsonl", "{}")
    with pytest.raises(WorkshopError, match=r"both faq\.jsonl and faq\.csv"):
        load_faq(settings)


def test_a_handbook_without_documents_or_as_a_file_is_refused(tmp_path):
    (tmp_path / "handbook").mkdir()
    with pytest.raises(WorkshopError, match="holds no document"):
        load_handbook(Settings(data=tmp_path))
    (tmp_path / "handbook").rmdir()
    write(tmp_path, "handbook", "text")
    with pytest.raises(WorkshopError, match="expected a folder"):
        load_handbook(Settings(data=tmp_path))


def test_examination_says_what_is_used_and_what_is_wrong(folder):
    write(folder, "tickets.csv", "text,label\na,x\n", "utf-8")
    write(folder, "handbook/old.txt", WESTERN, "cp1252")
    write(folder, "budget.xlsx", "x")
    found = [(part.name, part.state, part.found) for part in examine(folder)]
    assert found[0] == ("your handbook", "ok", "2 documents, 11 words (lessons 02, 05, 06, 07, 08)")
    assert found[1][:2] == ("your handbook", "warn")
    assert "Windows-1252" in found[1][2]
    assert found[2] == ("your faq", "note", "not there: Skerryline's is used (lessons 02, 05, 06, 07, 08)")
    assert found[3][:2] == ("your tickets", "fail")
    assert found[4][:2] == ("your faq", "warn")
    assert found[5] == ("your data", "note", "not used: budget.xlsx")


def test_examination_of_nothing_fails(tmp_path):
    assert [part.state for part in examine(tmp_path)] == ["fail"]
    assert [part.state for part in examine(tmp_path / "nowhere")] == ["fail"]
