"""Vector files as people find them: the right vectors, or one line with file, line number and what is expected."""

import gzip
import io
import warnings
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.data.files import DataWarning
from workshop.errors import WorkshopError
from workshop.vectors import read_glove_text, write_glove_text

SEA = "sea 0.5 -2 1e-3\n"
PLAIN = SEA + "rope 1 2 3\n"
VECTORS = np.array([[0.5, -2, 1e-3], [1, 2, 3]], dtype=np.float32)


@pytest.fixture(autouse=True)
def _no_warning_unseen():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def write(folder, content, name="vectors.txt"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def pack(files):
    """Return the bytes of a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        "2 3\n" + PLAIN,
        "2 3 \n" + PLAIN,
        "\n" + SEA + "\n  \n" + "rope 1 2 3\n\n",
        "sea  0.5 -2   1e-3 \nrope 1  2 3",
        "sea\t0.5\t-2\t1e-3\nrope\t1\t2\t3\n",
        PLAIN.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        gzip.compress(PLAIN.encode(), mtime=0),
        pack({"glove.txt": PLAIN}),
        pack({"vectors/glove.txt": "2 3\n" + PLAIN, "__MACOSX/glove.txt": "x"}),
    ],
    ids=[
        *("glove", "word2vec", "word2vec, blank", "blank lines", "double blanks", "tabs", "windows", "mark", "gz"),
        *("zip", "zip with a folder"),
    ],
)
def test_every_form_gives_the_same_words_and_vectors(tmp_path, content):
    words, vectors = read_glove_text(write(tmp_path, content))
    assert words == ["sea", "rope"]
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, VECTORS)


@pytest.mark.parametrize(
    "word",
    [".", ". . .", "New York", "Boeing 747", "1", "1/2", "7 000", "nan", "inf", "1_000", "née", "海", "\u3000", "\x85"],
)
@pytest.mark.parametrize("before", ["", SEA])
def test_the_last_fields_are_the_numbers_whatever_the_word_is(tmp_path, word, before):
    lines = before + f"{word} 0.7 0.8 0.9\n" + "rope 1 2 3\nquay 4 5 6\n"
    words, vectors = read_glove_text(write(tmp_path, lines))
    assert words == ["sea"] * bool(before) + [word, "rope", "quay"]
    np.testing.assert_allclose(vectors[-3], [0.7, 0.8, 0.9], rtol=1e-6)


def test_a_word_of_numbers_in_the_first_line_is_no_header(tmp_path):
    assert read_glove_text(write(tmp_path, "5 3\n7 4\n"))[0] == ["5", "7"]
    assert read_glove_text(write(tmp_path, "5 3\n7 4\n"))[1].tolist() == [[3], [4]]


def test_latin_letters_are_read_and_said(tmp_path):
    path = write(tmp_path, SEA.encode() + "café 1 2 3\n".encode("latin-1") + "née 4 5 6\n".encode())
    with pytest.warns(DataWarning, match=r"vectors\.txt: 1 words are not UTF-8, the first in line 2"):
        assert read_glove_text(path)[0] == ["sea", "café", "née"]


def test_of_a_word_that_is_there_twice_the_first_counts(tmp_path):
    path = write(tmp_path, PLAIN + "sea 7 7 7\nquay 4 5 6\n")
    with pytest.warns(DataWarning, match="1 words are there more than once, such as 'sea'"):
        words, vectors = read_glove_text(path)
    assert words == ["sea", "rope", "quay"]
    assert vectors[:, 0].tolist() == [0.5, 1, 4]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "vectors.txt is empty: expected a line for each word"),
        ("\n \n", "vectors.txt is empty"),
        ("sea\nrope\n", "line 1: expected a word and its numbers .* got 1 fields: 'sea'"),
        (PLAIN + "quay 1 2\n", "line 3: expected a word and 3 numbers, got 3 fields: 'quay 1 2'"),
        (PLAIN + "quay\n", "line 3: expected a word and 3 numbers, got 1 fields"),
        (PLAIN + " 1 2 3\n", "line 3: expected a word and 3 numbers, got 3 fields"),
        (PLAIN + "quay 1.5 2 3 4\n", "line 3: .* got 5 fields"),
        (PLAIN + "\nquay 1 2,5 3\n", "line 4: expected a word and 3 numbers; field 3 is not a number, .*'2,5'"),
        (PLAIN + "quay 1 nan 3\n", "line 3: .*field 3 is not a finite number"),
        (PLAIN + "quay 1 2 -inf\n", "line 3: .*field 4 is not a finite number"),
        (PLAIN + "quay 1 1e39 3\n", "line 3: .*field 3 is not a finite number"),
        (PLAIN + "quay 1 2_0 3\n", "line 3: .*field 3 is not a number"),
        ("3 3\n" + PLAIN, "line 1: it says 3 words, but 2 follow"),
        ("400000 300\n", "ends after line 1, which says 400,000 words"),
        (SEA + "rope 1 2 3 4\n", "line 1: expected a word and 4 numbers"),
        (PLAIN.encode("utf-16"), "line 1: expected text.* got binary data"),
        (b"2 3\nsea \x00\x00\x80?\x00", "line 2: expected text.* got binary data"),
        (gzip.compress(PLAIN.encode() * 99, mtime=0)[:60], "can't read vectors.txt"),
        (pack({"a.txt": PLAIN, "b.txt": PLAIN}), "holds 2 files: a.txt, b.txt. Unpack it"),
        (pack({}), "holds 0 files"),
        (pack({"a.txt": PLAIN})[:-30], "can't read vectors.txt"),
    ],
)
def test_what_is_no_vector_file_is_told_with_its_line(tmp_path, content, message):
    with pytest.raises(WorkshopError, match=message):
        read_glove_text(write(tmp_path, content))


def test_a_folder_or_nothing_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(WorkshopError, match="there is no file"):
            read_glove_text(path)


@pytest.mark.parametrize(
    ("words", "vectors", "message"),
    [
        (["sea", "New York"], VECTORS, r"word 1 is 'New York': .* Join its parts: 'New_York'"),
        (["sea", ""], VECTORS, "word 1 is ''"),
        (["sea", "a\tb"], VECTORS, "word 1 is"),
        (["sea", "a\n"], VECTORS, "word 1 is"),
        (["sea", "\ud83d"], VECTORS, "word 1 is"),
        (["\ufeffsea", "rope"], VECTORS, "word 0 is"),
        (["sea", None], VECTORS, "word 1 is None"),
        (["sea", "sea"], VECTORS, "'sea' is there twice"),
        (["sea"], VECTORS, "a vector for each of 1 words, got 2"),
        ([], np.zeros((0, 3)), r"shape \(V, D\), neither of them 0"),
        (["sea", "rope"], np.zeros((2, 0)), r"shape \(V, D\), neither of them 0"),
        (["sea", "rope"], np.zeros(2), r"shape \(V, D\)"),
        (["sea", "rope"], np.array([["a"], ["b"]]), r"expected numbers"),
        (
            ["sea", "rope"],
            np.array([[1, 2], [np.nan, 1]]),
            r"the vector of 'rope' \(row 1\) holds a number that is not",
        ),
        (["sea", "rope"], np.array([[1, 1e39], [1, 1]]), r"the vector of 'sea' \(row 0\)"),
    ],
)
def test_what_can_not_be_read_back_is_not_written(tmp_path, words, vectors, message):
    path = tmp_path / "mine.txt"
    with pytest.raises(WorkshopError, match=message):
        write_glove_text(path, words, vectors)
    assert not path.exists()


def test_a_file_that_can_not_be_written_is_one_line(tmp_path):
    with pytest.raises(WorkshopError, match=r"can't write .*Name a file in a folder that exists"):
        write_glove_text(tmp_path / "none" / "mine.txt", ["sea"], np.ones((1, 2)))


def test_generators_are_written_like_lists(tmp_path):
    path = write_glove_text(tmp_path / "mine.txt", (word for word in ["sea", "rope"]), (row for row in VECTORS))
    assert read_glove_text(path)[0] == ["sea", "rope"]


letters = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\r\0\ufeff"), min_size=1, max_size=6
)
numbers = st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False)


@pytest.mark.slow
@given(words=st.lists(letters, min_size=1, max_size=6, unique=True), size=st.integers(1, 4), data=st.data())
def test_whatever_is_written_comes_back(tmp_path_factory, words, size, data):
    rows = data.draw(
        st.lists(st.lists(numbers, min_size=size, max_size=size), min_size=len(words), max_size=len(words))
    )
    table = np.array(rows, dtype=np.float32)
    path = write_glove_text(tmp_path_factory.mktemp("written") / "mine.txt", words, table)
    back, vectors = read_glove_text(path)
    assert back == words
    np.testing.assert_allclose(vectors, table, rtol=1e-5)
