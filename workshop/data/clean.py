"""Clean text that came out of PDFs and other hands: letters that look right to people and are others to a model."""

import re
import unicodedata

# Ligatures and the letter shapes of Arabic and Hebrew that PDFs hold; radicals that stand for Chinese letters.
_SHAPES = re.compile("[\u2e80-\u2fdf\ufb00-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028]")
_PAGE_ENDS = re.compile("[\x0b\x0c\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
# Control, private-use and unassigned letters: no font but the sender's shows them, and no model knows them.
UNREADABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]",
)
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*\n(?:[ \t]*\n)?[ \t]*(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LETTERS_BEFORE = re.compile(r"[^\W\d_]+\Z")
_LETTERS_AFTER = re.compile(r"[^\W\d_]+")
LONGEST_PART = 60
# After these a hyphen at the line's end belongs to the word: "arrival-\nand departure times".
_JOINING = frozenset(["and", "or", "to", "und", "oder", "bzw", "sowie", "bis", "et", "ou", "y", "o", "e", "en", "of"])


def clean_text(text: str) -> str:
    """Return a text as a model should read it; what it means stays.

    Halves of surrogate pairs become �, ligatures two letters, decomposed letters one (NFC); a word that was hyphenated
    at a line's end is joined; letters that can't be seen or that only the sender's font knows go.
    """
    text = mend_letters(text)
    text = _PAGE_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", text))
    text = UNREADABLE.sub("", text)
    return _INVISIBLE.sub("", join_words(text))


def mend_letters(text: str) -> str:
    """Return a text without halves of surrogate pairs (each becomes �) and with its ligatures as single letters."""
    if text.isascii():
        return text
    text = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), mend_text(text))
    return unicodedata.normalize("NFC", text)


def mend_text(text: str) -> str:
    """Return a text that can be written as UTF-8: surrogate pairs are joined, halves of one become �."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def count_unreadable(text: str) -> int:
    """Return how many letters clean_text drops because nobody could read them."""
    return len(UNREADABLE.findall(_LINE_ENDS.sub("\n", text)))


def join_words(text: str) -> str:
    """Return a text in which words that were hyphenated at a line's end, or a page's, are whole again.

    The hyphen stays where the text has the word with a hyphen elsewhere and never without one, as in well-known.
    """
    if not _BROKEN_WORD.search(text):
        return text
    known = {word.casefold().replace("\u2010", "-") for word in _WORD.findall(text)}
    return _BROKEN_WORD.sub(lambda found: _join(found, known), text)


def _join(found: re.Match[str], known: set[str]) -> str:
    """Return what takes the place of a hyphen at a line's end."""
    text, start, end = found.string, found.start(), found.end()
    left = _LETTERS_BEFORE.search(text[max(0, start - LONGEST_PART) : start])
    right = _LETTERS_AFTER.match(text[end : end + LONGEST_PART])
    first, second = left[0].casefold(), right[0].casefold()
    if not right[0][0].islower() or second in _JOINING:
        return found[0]
    return "-" if f"{first}-{second}" in known and first + second not in known else ""
