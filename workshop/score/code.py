"""A short code that carries the learner's record to another notebook by copy and paste."""

import base64
import binascii
import zlib

from workshop.errors import WorkshopError
from workshop.score import store

PREFIX = "TR1."
WIDTH = 76
LONGEST_CODE = 200_000
LONGEST_RECORD = 2_000_000
UNITS = {"rows": "row", "predictions": "prediction", "passes": "passed exercise"}


def make_code() -> str:
    """Return the whole record as a code of letters and digits, in lines; `paste_code` reads it."""
    packed = zlib.compress(store.dump(store.load(), compact=True).encode(), level=9)
    body = binascii.crc32(packed).to_bytes(4) + packed
    code = PREFIX + base64.urlsafe_b64encode(body).decode().rstrip("=")
    return "\n".join(code[start : start + WIDTH] for start in range(0, len(code), WIDTH))


def paste_code(text: str) -> str:
    """Add the record that a code carries to this one, and return a sentence on what came.

    text: what `make_code` gave; line breaks, spaces and quotation marks in it don't matter. Of two entries for the
    same thing the newer stays. Raises WorkshopError where the code is cut off, changed or no such code.
    """
    brought = _unpack("".join(text.split()).strip("'\"`"))
    here = store.load()
    merged = store.merge(brought, here)
    store.add(brought)
    taken = {kind: sum(merged[kind][key] != here[kind].get(key) for key in brought[kind]) for kind in store.KINDS}
    parts = [f"{count} {UNITS[kind]}{'s' * (count != 1)}" for kind, count in taken.items() if count]
    if not parts:
        return "Nothing new: all that the code holds is here already."
    return f"Added: {', '.join(parts)}."


def _unpack(code: str) -> store.Store:
    """Return the entries in a code without white space."""
    if not code.startswith(PREFIX):
        raise WorkshopError(
            f"this is no code of the workshop: it should begin with {PREFIX!r} and begins with {code[:6]!r}. "
            "Copy all that print(make_code()) shows."
        )
    if len(code) > LONGEST_CODE:
        raise WorkshopError(
            f"this code is too long: {len(code):,} characters, at most {LONGEST_CODE:,}. Copy it again."
        )
    body = code.removeprefix(PREFIX)
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise _damaged("it holds signs that no code has, or lacks some") from None
    if len(packed) < 5 or binascii.crc32(packed[4:]) != int.from_bytes(packed[:4]):
        raise _damaged("its checksum differs: a part is missing or was changed")
    return _read(packed[4:])


def _read(packed: bytes) -> store.Store:
    """Return the entries in compressed JSON that is not larger than a record can be."""
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(packed, LONGEST_RECORD)
        if reader.unconsumed_tail or not reader.eof:
            raise _damaged("it unpacks to more than any record holds")
        return store.parse(plain.decode())
    except (zlib.error, ValueError):
        raise _damaged("what it holds is no record of this version of the workshop") from None


def _damaged(reason: str) -> WorkshopError:
    """Return the error for a code that can't be read."""
    return WorkshopError(
        f"can't read this code: {reason}. Nothing was added. Copy the whole code again, first to last line."
    )
