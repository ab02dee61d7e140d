"""The glass bot: a question, what is found for it, the prompt as the model reads it, and where the answer stands."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from workshop.bot import WORD_BUDGET, Draft, answer, draft_reply, encode_chats
from workshop.bot.answers import MAX_NEW_TOKENS
from workshop.widgets.asking import Asking, cite, find_examples, highlight
from workshop.widgets.output import show_with_still

PRE = (
    '<pre tabindex="0" role="region" aria-label="The prompt" style="max-height:240px;overflow:auto;padding:8px;'
    'margin:0;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;border:1px solid #767676">{}</pre>'
)
PASSAGE = '<p style="margin:0 0 8px;white-space:pre-line{}"><b>{}</b>\n{}</p>'
LEFT_OUT = ";border-left:4px dashed #D55E00;padding-left:8px"


def glass_bot(
    tokenizer: Any,
    model: Any,
    retriever: Any,
    questions: Sequence[str] | None = None,
    *,
    budget: int = WORD_BUDGET,
    max_new_tokens: int = MAX_NEW_TOKENS,
    still: bool = False,
) -> None:
    """Show what the bot does with a question: passages with scores, the whole prompt, the answer with citations.

    retriever: as for find_passages; scores are shown where it has invoke_with_scores. questions: examples to click, the
    first of which is answered at once; without them three of Skerryline's. budget: words of passages in a prompt.
    still: without a field. Raises WorkshopError as ask does.
    """
    examples = list(questions or find_examples())

    def look(question: str) -> dict[str, str]:
        draft = draft_reply(retriever, question, budget)
        [written] = answer(tokenizer, model, [draft.prompt], max_new_tokens=max_new_tokens)
        [ids] = encode_chats(tokenizer, [draft.prompt])
        prompt = tokenizer.decode(ids, clean_up_tokenization_spaces=False)
        return draw_steps(draft, budget, f"{len(ids):,} tokens", prompt, written)

    first = look(examples[0])
    show_with_still(first, lambda: build_bot(look, examples, first), still=still)


def build_bot(look: Callable[[str], dict[str, str]], examples: Sequence[str], first: dict[str, str]) -> Any:
    """Return the field and the examples above what the bot did. look: from a question to contents by MIME type."""
    import ipywidgets

    shown = ipywidgets.HTML(first["text/html"])

    def write(question: str) -> str:
        shown.value = look(question)["text/html"]
        return "Answered below."

    asking = Asking(write, examples[0], examples)
    row = ipywidgets.HBox([asking.field, asking.buttons[0]])
    clicks = ipywidgets.HBox(asking.buttons[1:], layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([row, clicks, asking.line, shown], layout={"max_width": "960px"})


def draw_steps(draft: Draft, budget: int, size: str, prompt: str, written: str) -> dict[str, str]:
    """Return the passages, the prompt and its size, and the answer, by MIME type."""
    found = []
    for place, one in enumerate(draft.found):
        score = f" · score {draft.scores[place]:.3f}" if draft.scores else ""
        why = f"over the budget of {budget} words" if one.text.strip() else "blank"
        left_out = "" if place in draft.read else f" · left out of the prompt: {why}"
        found.append((LEFT_OUT if left_out else "", f"[{place + 1}] {one.document}{score}{left_out}", one.text))
    marked, said = cite(draft, written)
    prompt_head = f"2. The prompt, as the model reads it: {size}"
    heads = ("1. What the retriever found", prompt_head, "3. The answer, with the passages that hold its words")
    plain = "\n".join(f"{head}\n{text}" for _, head, text in found) or "nothing"
    listed = "".join(PASSAGE.format(style, escape(head), escape(text)) for style, head, text in found) or "nothing"
    html = (listed, PRE.format(escape(prompt)), f"<div>{highlight(marked)}</div>{escape(said)}")
    told = "\n\n".join(
        f"{head}\n{text}" for head, text in zip(heads, (plain, prompt, f"{marked}\n{said}"), strict=True)
    )
    drawn = "".join(f"<p><b>{escape(head)}</b></p>{text}" for head, text in zip(heads, html, strict=True))
    question = f"<p><b>Question: {escape(draft.question)}</b></p>"
    html_all = f'<div style="line-height:1.4;overflow-wrap:anywhere">{question}{drawn}</div>'
    return {"text/plain": f"Question: {draft.question}\n\n{told}", "text/html": html_all}
