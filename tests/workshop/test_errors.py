"""Messages: what was expected, what came, what to do."""

import pytest

from workshop import errors


def test_unknown_offers_the_nearest_and_lists_the_known():
    error = errors.unknown("corpus", "handbok", ["wiki", "handbook", "faq"])
    assert str(error) == "unknown corpus 'handbok'. Did you mean 'handbook'? Known: faq, handbook, wiki."


def test_unknown_makes_no_wild_guess():
    assert "Did you mean" not in str(errors.unknown("corpus", "zzz", ["wiki", "faq"]))


def test_what_is_long_is_shown_cut():
    error = str(errors.unknown("page", "x" * 5000, (f"page-{number:04}" for number in range(9000))))
    assert len(error) < 500
    assert error.endswith("page-0019 and 8,980 more.")


def test_require_gives_the_module():
    assert errors.require("json.decoder", extra="words").JSONDecoder


def test_require_names_the_line_that_installs_it():
    with pytest.raises(errors.MissingExtra, match="needs no_such_library") as caught:
        errors.require("no_such_library.part", extra="rag")
    assert 'pip install -e ".[rag]"' in str(caught.value)
    assert isinstance(caught.value, ImportError)


def test_missing_part_of_an_installed_library_is_not_called_missing():
    with pytest.raises(ModuleNotFoundError) as caught:
        errors.require("json.no_such_part", extra="rag")
    assert not isinstance(caught.value, errors.MissingExtra)


def test_a_stub_is_both_not_yet_and_not_implemented():
    error = errors.NotWritten("Exercise 4.4")
    assert isinstance(error, errors.NotYet)
    assert isinstance(error, NotImplementedError)


def test_jupyter_shows_the_message_without_a_trace():
    assert errors.WorkshopError("no such file")._render_traceback_() == ["WorkshopError: no such file"]
    assert errors.NotYet("first\nsecond")._render_traceback_() == ["first\nsecond"]
    assert errors.NotYet("first\nsecond", shown=True)._render_traceback_() == ["first"]
