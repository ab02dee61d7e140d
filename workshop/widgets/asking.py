"""What the bot's two widgets share: a field that asks, and marks for the passages in which an answer stands."""

import re
import threading
from collections.abc import Callable, Sequence
from html import escape

from workshop.bot import Draft
from workshop.data import load_faq
from workshop.score.replies import split_words
from workshop.widgets.output import status_line

MARKED = r'<mark style="background:#CDE9F7;color:#1a1a1a;padding:0 2px">\1</mark>&nbsp;<b>\2</b>'
RUN = r"(?s)«(.*?)» ((?:\[\d+\])+)"
ENTER_SECONDS = 0.1


def find_examples() -> list[str]:
    """Return three of Skerryline's questions: two that the handbook answers and one that it doesn't."""
    return [load_faq(split=split)[0].question for split in ("unseen", "changed", "unanswerable")]


class Asking:
    """A field, buttons and a line for messages. Enter and the buttons ask, one question at a time, in a thread.

    write(question): answers it, and returns what the line says then. What it raises is said there instead.
    """

    def __init__(self, write: Callable[[str], str], start: str = "", examples: Sequence[str] = ()) -> None:
        import ipywidgets

        self.write, self._busy = write, threading.Lock()
        wide, fits = {"flex": "1 1 0", "min_width": "0"}, {"flex": "0 0 auto", "width": "auto", "max_width": "100%"}
        self.field = ipywidgets.Text(start, description="Question", continuous_update=False, layout=wide)
        self.field.placeholder = "type a question, press Enter"
        self.buttons = [ipywidgets.Button(description=one, layout=fits) for one in ("Ask", *examples)]
        self.line = ipywidgets.HTML(status_line(""))
        # The browser reports Enter before the text that it ends: a moment later both have come.
        self.field.on_msg(lambda *_: self.start(ENTER_SECONDS))
        for one in self.buttons:
            one.on_click(lambda clicked: self.start(0, "" if clicked is self.buttons[0] else clicked.description))

    def start(self, after: float, question: str = "") -> None:
        """Ask a question, or the field's, after some seconds, in a thread that ends with the answer."""
        thread = threading.Timer(after, self.ask, [question])
        thread.daemon = True
        thread.start()

    def ask(self, question: str = "") -> None:
        """Ask and wait; nothing happens for a blank question, or while another is being answered."""
        question = (question or self.field.value).strip()
        if not question or not self._busy.acquire(blocking=False):
            return
        try:
            self._switch(off=True)
            self.field.value, self.line.value = question, status_line("Searching and writing …", sign="")
            self.line.value = status_line(self.write(question), sign="")
        except Exception as problem:
            self.line.value = status_line(str(problem) or type(problem).__name__)
        finally:
            self._switch(off=False)
            self._busy.release()

    def _switch(self, *, off: bool) -> None:
        for one in (self.field, *self.buttons):
            one.disabled = off


def cite(draft: Draft, answer: str) -> tuple[str, str]:
    """Return an answer with marks, such as «five cars» [1] where passage 1 holds these words, and what they come to.

    A run of words counts from three on, from two with a digit, and as the whole answer; words are split_words'.
    """
    tokens = re.findall(r"\S+\s*", answer)
    words, total = [split_words(token) for token in tokens], len(split_words(answer))
    inside = {place: f" {' '.join(split_words(draft.found[place].text))} " for place in draft.read}
    marked, cited, start, held = "", set(), 0, 0
    while start < len(tokens):
        end, run, places = start, "", list(inside)
        while end < len(tokens) and (longer := " ".join([run, *words[end]]).strip()):
            if not (there := [place for place in places if f" {longer} " in inside[place]]):
                break
            end, run, places = end + 1, longer, there
        count = len(run.split())
        if count and count >= min(total, 2 if re.search(r"\d", run) else 3):
            piece, cited, held = "".join(tokens[start:end]), cited.union(places), held + count
            marks = "".join(f"[{place + 1}]" for place in places)
            marked += f"«{piece.rstrip()}» {marks}{piece[len(piece.rstrip()) :]}"
        else:
            end, marked = start + 1, marked + tokens[start]
        start = end
    where = ", ".join(f"[{place + 1}]" for place in sorted(cited)) or "none of them"
    share = "Its" if held in (0, total) else f"{held} of its {total}"
    if not total or not draft.read:
        return marked, "No passage was read." if total else "The model wrote nothing."
    return marked, f"{share} words stand in {where}."


def highlight(marked: str) -> str:
    """Return an answer with marks as HTML."""
    return f'<span style="white-space:pre-line">{re.sub(RUN, MARKED, escape(marked))}</span>'
