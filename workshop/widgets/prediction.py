"""Predict a claim's verdict with one click, before the lesson measures it."""

import html
from typing import Any

from workshop.score.claims import CHOICES, Statement, check_choice, find_statement
from workshop.score.learner import read_record, record_prediction
from workshop.score.output import show_bundle
from workshop.widgets.output import show_with_still

LEGEND = (
    "An answer predicts the verdict. <i>Can't tell</i> predicts that the measurement will be too uncertain to decide. "
    "No opinion? Leave it open."
)
CORE = ("C02", "C06", "C08", "C11", "C19", "C20")


def predict(claim_id: str, answer: str | None = None) -> None:
    """Ask what the learner believes of a claim, or keep an answer that is given.

    claim_id: such as "C01". answer: holds, holds within limits, does not hold or can't tell; without it buttons are
    shown, or a line that says how to answer where there are none. Raises WorkshopError for an unknown claim or answer.
    """
    statement = find_statement(claim_id)
    if answer is None:
        _ask([statement])
        return
    record_prediction(claim_id, check_choice(answer))
    show_bundle({"text/plain": f"{statement.sentence}\nYour prediction: {answer}. {_when(statement)}"})


def predictions(*claim_ids: str) -> None:
    """Ask for several predictions in one form; without ids for the six of lesson 00."""
    _ask([find_statement(claim_id) for claim_id in claim_ids or CORE])


def _ask(statements: list[Statement]) -> None:
    """Show the form for these statements, or its still form."""
    chosen = read_record().predictions
    show_with_still(_still(statements, chosen), lambda: build_form(statements, chosen))


def build_form(statements: list[Statement], chosen: dict[str, str]) -> Any:
    """Return the widget: for each statement its sentence, a row of buttons and a line with what was chosen."""
    import ipywidgets

    tally = ipywidgets.HTML()
    answered = {statement.id for statement in statements if chosen.get(statement.id) in CHOICES}

    def count() -> None:
        done = f"{len(answered)} of {len(statements)} predictions made."
        tally.value = f'<p role="status" style="margin:8px 0 0">{done}</p>' if len(statements) > 1 else ""

    def note(claim_id: str) -> None:
        answered.add(claim_id)
        count()

    count()
    rows = [_build_row(statement, chosen.get(statement.id), note) for statement in statements]
    legend = ipywidgets.HTML(f'<p style="margin:0 0 8px;line-height:1.4">{LEGEND}</p>')
    return ipywidgets.VBox([legend, *rows, tally])


def _build_row(statement: Statement, chosen: str | None, note: Any) -> Any:
    """Return one statement's part of the form. note: called with the claim's id after a click."""
    import ipywidgets

    buttons = ipywidgets.ToggleButtons(
        options=list(CHOICES),
        value=chosen if chosen in CHOICES else None,
        tooltips=list(CHOICES.values()),
        style={"button_width": "148px"},
        layout={"width": "auto", "margin": "4px 0"},
    )
    status = ipywidgets.HTML(_status(statement, buttons.value))

    def keep(change: dict[str, Any]) -> None:
        if change["new"] is not None:
            record_prediction(statement.id, change["new"])
            note(statement.id)
        status.value = _status(statement, change["new"])

    buttons.observe(keep, names="value")
    sentence = ipywidgets.HTML(_sentence(statement))
    return ipywidgets.VBox([sentence, buttons, status], layout={"margin": "0 0 12px", "overflow": "visible"})


def _sentence(statement: Statement) -> str:
    """Return the claim's sentence as HTML."""
    meaning = f"<br><small>{html.escape(statement.meaning)}</small>" if statement.meaning else ""
    return f'<p style="margin:0;line-height:1.4"><b>{statement.id}</b> {html.escape(statement.sentence)}{meaning}</p>'


def _status(statement: Statement, answer: str | None) -> str:
    """Return the line under the buttons as HTML."""
    if answer is None:
        text = "Not answered yet. What do you believe?"
    else:
        text = f"✔ Your prediction: <b>{html.escape(answer)}</b>. {_when(statement)}"
    return f'<p role="status" style="margin:0;line-height:1.4">{text}</p>'


def _when(statement: Statement) -> str:
    """Return where the verdict will come from."""
    return f"Lesson {' and '.join(statement.lessons)} measures it."


def _still(statements: list[Statement], chosen: dict[str, str]) -> dict[str, str]:
    """Return the form without buttons: each sentence with its answer or the answers to choose from."""
    lines, items = [], []
    for statement in statements:
        answer = chosen.get(statement.id)
        state = f"Your prediction: {answer}." if answer else f"{' · '.join(CHOICES)}?"
        meaning = f"\n    {statement.meaning}" if statement.meaning else ""
        lines.append(f"{statement.id} {statement.sentence}{meaning}\n    {state}")
        items.append(f"<li>{_sentence(statement)}<p>{html.escape(state)}</p></li>")
    lines.append(LEGEND.replace("<i>", "").replace("</i>", ""))
    lines.append(f'Without buttons: from workshop.widgets import predict; predict("{statements[0].id}", "holds")')
    listing = f'<ul style="list-style:none;padding:0">{"".join(items)}</ul><p>{LEGEND}</p>'
    return {"text/plain": "\n".join(lines), "text/html": listing}
