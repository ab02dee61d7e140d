import pytest

from workshop import check
from workshop.checks import bands
from workshop.checks.registry import find_lesson
from workshop.score.results import Results

NAME = "01.skipgram_spearman"
CAUSES = {"below": "a window of 1.", "above": "the rated pairs were trained on."}
ENDS = {"low": 0.2, "high": 0.31}
BANDS = {
    NAME: {"low": 0.70, "high": 0.83, "n": 5, "how": "5 seeds", "causes": CAUSES},
    "01.bare": {"low": 0.2, "high": 0.31},
}


@pytest.fixture(autouse=True)
def results(monkeypatch):
    """Give lesson 01 two bands, one with causes and one of its ends alone."""
    made = Results("01_word_embeddings", "small", (), bands=BANDS)
    monkeypatch.setattr(bands, "read_results", lambda stem: made)


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (
            0.61,
            [
                "your 0.61 is below the 0.70–0.83 that others get (5 seeds). It may be luck",
                "usual cause is a window of 1.",
            ],
        ),
        (0.95, ["your 0.95 is above the 0.70–0.83", "usual cause is the rated pairs were trained on."]),
        (0.75, ["your 0.75 lies in the 0.70–0.83"]),
        (0.70, ["lies in"]),
        (float("nan"), ["expected a number to compare, got nan"]),
        (None, ["expected a number to compare, got None"]),
        ("high", ["got 'high'"]),
    ],
)
def test_a_value_is_laid_beside_its_band(value, parts, capsys):
    check.band(NAME, value)
    said = capsys.readouterr()
    assert all(part in said.out for part in parts)
    assert said.err == ""


def test_a_band_without_causes_gets_the_general_one(capsys):
    check.band("01.bare", 0.1)
    said = capsys.readouterr().out
    assert "below the 0.20–0.31 that others get (over seeds, profile small). It may be luck" in said
    assert said.index("luck") < said.index(f"usual cause is {find_lesson('01').causes['below']}")


@pytest.mark.parametrize(
    ("name", "part"),
    [("01.skipgram_speerman", f"Did you mean '{NAME}'?"), ("99.tone", "unknown lesson '99'"), ("", "unknown lesson")],
)
def test_an_unknown_band_is_said_and_nothing_is_raised(name, part, capsys):
    check.band(name, 0.5)
    assert part in capsys.readouterr().out


def test_missing_results_are_said(monkeypatch, tmp_path, capsys):
    from workshop.score.results import read_results

    monkeypatch.setattr(bands, "read_results", lambda stem: read_results(stem, tmp_path))
    check.band(NAME, 0.5)
    assert "nothing was measured yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("low", "high", "span"), [(0.701, 0.709, "0.7010–0.7090"), (12.0, 48.0, "12–48"), (0.5, 0.5, "0.500–0.500")]
)
def test_the_digits_tell_the_ends_of_a_band_apart(low, high, span, monkeypatch):
    ends = {"low": low, "high": high}
    monkeypatch.setattr(bands, "read_results", lambda stem: Results(stem, "small", (), bands={"01.x": ends}))
    assert span in bands.compare("01.x", low)
