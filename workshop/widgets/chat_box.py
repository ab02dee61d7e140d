"""The chat box: ask, and read the answer as it is written, with its sources under it."""

import threading
from dataclasses import dataclass, field
from html import escape
from typing import Any

from workshop.bot import WORD_BUDGET, Draft, draft_reply, stream_answer
from workshop.bot.answers import STREAMED_TOKENS
from workshop.widgets.asking import Asking, cite, find_examples, highlight
from workshop.widgets.output import show_with_still

LOG = {"max_height": "460px", "overflow": "auto", "display": "flex", "flex_flow": "column-reverse"}


@dataclass
class Talk:
    """A chat. turns: each a draft, its answer as far as it is written, and "writing", "stopped" or "written".

    stop: ends the answer that is being written.
    """

    loaded: tuple[Any, Any]
    retriever: Any
    budget: int
    max_new_tokens: int
    turns: list[tuple[Draft, str, str]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self, question: str, show: Any = lambda: None) -> str:
        """Answer a question, calling show() after each piece; returns what is to be said at the end."""
        self.stop.clear()
        draft = Draft(question, [], [], [], question)
        if self.retriever is not None:
            draft = draft_reply(self.retriever, question, self.budget)
        pieces = stream_answer(*self.loaded, draft.prompt, max_new_tokens=self.max_new_tokens)
        written, state = "", "stopped"
        self.turns.append((draft, written, "writing"))
        try:
            for piece in pieces:
                written += piece
                self.turns[-1] = (draft, written, "writing")
                show()
                if self.stop.is_set():
                    break
            else:
                state = "written"
        finally:
            pieces.close()
            self.turns[-1] = (draft, written, state)
            show()
        return f"The answer is {state}."

    def draw(self) -> dict[str, str]:
        """Return all turns by MIME type."""
        plain, html = [], []
        for draft, answer, state in self.turns:
            marked, said = cite(draft, answer) if state != "writing" else (answer, "Writing …")
            numbers: dict[str, str] = {}
            for place in draft.read:
                name = draft.found[place].document
                numbers[name] = f"{numbers.get(name, '')}[{place + 1}]"
            names = ", ".join(f"{name} {marks}" for name, marks in numbers.items())
            under = f"{'Stopped. ' * (state == 'stopped')}{f'Sources: {names}. ' * bool(names)}{said}"
            plain += [f"You: {draft.question}", f"Bot: {marked}", f"     {under}"]
            html.append(f"<p><b>You:</b> {escape(draft.question)}<br><b>Bot:</b> {highlight(marked)}")
            html.append(f"<br><small>{escape(under)}</small></p>")
        busy = "true" if state == "writing" else "false"
        log = f'<div role="log" aria-busy="{busy}" style="line-height:1.5;overflow-wrap:anywhere">{"".join(html)}</div>'
        return {"text/plain": "\n".join(plain), "text/html": log}

    def build(self) -> Any:
        """Return the turns above the field and a button that stops; closing the widget stops, too."""
        import ipywidgets

        log = ipywidgets.HTML(self.draw()["text/html"], layout=LOG)

        def write(question: str) -> str:
            stop.disabled = False
            try:
                said = self.write(question, lambda: setattr(log, "value", self.draw()["text/html"]))
            finally:
                stop.disabled = True
            asking.field.value = ""
            return said

        asking = Asking(write)
        stop = ipywidgets.Button(description="Stop", disabled=True, layout=asking.buttons[0].layout)
        stop.on_click(lambda _: self.stop.set())
        row = ipywidgets.HBox([asking.field, *asking.buttons, stop])
        box = ipywidgets.VBox([log, row, asking.line], layout={"max_width": "960px"})
        box.observe(lambda _: self.stop.set(), names="comm")
        return box


def chat_box(
    tokenizer: Any,
    model: Any,
    retriever: Any = None,
    *,
    start: str | None = None,
    budget: int = WORD_BUDGET,
    max_new_tokens: int = STREAMED_TOKENS,
    still: bool = False,
) -> None:
    """Chat with a model: answers come piece by piece, with the passages that were read under each.

    Each question is asked as it is typed, without what was said before: a follow-up that can't stand alone ("And on
    Sundays?") isn't understood. retriever: as for find_passages; without one the model answers by itself. start: the
    first question, answered at once; without it one of Skerryline's. budget: words of passages in a prompt.
    still: without a field. Raises WorkshopError as ask does.
    """
    talk = Talk((tokenizer, model), retriever, budget, max_new_tokens)
    talk.write(start or find_examples()[0])
    show_with_still(talk.draw(), talk.build, still=still)
