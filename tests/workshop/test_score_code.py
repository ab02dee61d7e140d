import base64
import binascii
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workshop.errors import WorkshopError
from workshop.score import code, learner

pytestmark = pytest.mark.usefixtures("in_memory")


@pytest.fixture
def record():
    """Fill a record and return it."""
    learner.record_pass("1.2", 2)
    learner.record_prediction("C01", "can't tell")
    learner.record_row({"lesson": "01", "method": "GloVe – µ", "task": "t", "metric": "m", "value": 0.25})
    return learner.read_record()


def pack(plain: bytes) -> str:
    """Return a code with a right checksum around any bytes."""
    packed = zlib.compress(plain, 9)
    body = binascii.crc32(packed).to_bytes(4, "big") + packed
    return code.PREFIX + base64.urlsafe_b64encode(body).decode().rstrip("=")


@pytest.mark.parametrize(
    "handle",
    [
        lambda text: text,
        lambda text: text.replace("\n", ""),
        lambda text: f"  '{text}' \n",
        lambda text: " \n\t ".join(text[i : i + 7] for i in range(0, len(text), 7)),
    ],
    ids=["as_it_is", "one_line", "quoted", "broken_up"],
)
def test_a_code_brings_everything_back(record, handle):
    text = code.make_code()
    learner.clear()
    assert code.paste_code(handle(text)) == "Added: 1 row, 1 prediction, 1 passed exercise."
    assert learner.read_record() == record


def test_a_code_is_short_and_its_lines_fit_a_cell(record):
    lines = code.make_code().splitlines()
    assert max(map(len, lines)) <= code.WIDTH
    for number in range(60):
        learner.record_row({"lesson": "01", "method": f"m{number}", "task": "t", "metric": "m", "value": number / 7})
    assert len(code.make_code()) < 4000


def test_what_is_here_already_is_said(record):
    assert "Nothing new" in code.paste_code(code.make_code())


def test_of_two_predictions_the_newer_stays(monkeypatch):
    clock = iter([100.0, 200.0])
    monkeypatch.setattr(learner.time, "time", lambda: next(clock))
    learner.record_prediction("C01", "holds")
    older = code.make_code()
    learner.record_prediction("C01", "does not hold")
    newer = code.make_code()
    code.paste_code(older)
    assert learner.read_record().predictions == {"C01": "does not hold"}
    learner.clear()
    code.paste_code(older)
    assert code.paste_code(newer) == "Added: 1 prediction."
    assert learner.read_record().predictions == {"C01": "does not hold"}


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda text: text[:-20], "checksum"),
        (lambda text: text[:60] + ("A" if text[60] != "A" else "B") + text[61:], "checksum"),
        (lambda text: text + "ä", "signs"),
        (lambda text: text[:5], "signs|checksum"),
        (lambda text: code.PREFIX, "checksum"),
        (lambda text: "", "begin with 'TR1.'"),
        (lambda text: "https://example.org", "begin with 'TR1.'"),
        (lambda text: code.PREFIX + "A" * code.LONGEST_CODE, "too long"),
        (lambda text: pack(b"{}"), "no record"),
        (lambda text: pack(b"\xff\xfe"), "no record"),
        (lambda text: pack(b"[" * 50_000), "no record"),
        (lambda text: pack(b'{"schema": 2, "rows": {}, "predictions": {}, "passes": {}}'), "no record"),
        (lambda text: pack(b" " * (code.LONGEST_RECORD * 20)), "more than any record"),
    ],
    ids=[
        *["cut", "changed", "foreign_sign", "five_signs", "prefix", "nothing", "address", "long"],
        *["empty_json", "no_text", "deep", "newer_version", "bomb"],
    ],
)
def test_a_bad_code_is_refused_in_words_and_adds_nothing(record, make, part):
    text = code.make_code()
    learner.clear()
    with pytest.raises(WorkshopError, match=part):
        code.paste_code(make(text))
    assert learner.read_record() == learner.Record()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_changed_sign_anywhere_is_noticed(record, data):
    text = "".join(code.make_code().split())
    place = data.draw(st.integers(0, len(text) - 2))
    sign = data.draw(st.sampled_from("AbZ09-_.").filter(lambda sign: sign != text[place]))
    with pytest.raises(WorkshopError):
        code.paste_code(text[:place] + sign + text[place + 1 :])


@settings(max_examples=100)
@given(st.one_of(st.text(), st.binary().map(pack)))
def test_any_other_text_gives_an_error_of_ours_at_most(text):
    with pytest.raises(WorkshopError):
        code.paste_code(text)
