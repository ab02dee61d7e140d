"""Show what became of a claim: the learner's prediction, the figure, the verdict, and the rule that gave it."""

import html

from workshop.errors import unknown
from workshop.score.claims import find_statement
from workshop.score.learner import read_record
from workshop.score.output import show_bundle
from workshop.score.results import Claim, read_results

BOX = (
    '<div style="border-left:6px solid #0072B2;padding:6px 12px;background:rgba(127,127,127,0.10)">'
    "<p><b>{id}</b> {sentence}</p><p>You predicted: <b>{predicted}</b>. {which}: <b>{verdict}</b>.</p>"
    "<p>{seen}</p>"
    "<p>{figure}</p><p>Limits: {limits}</p>"
    "<details><summary>The rule</summary>{rule}</details></div>"
)


def write_figure(claim: Claim) -> str:
    """Return a claim's figure as one sentence with its interval and the number of cases."""
    interval = "" if claim.low is None or claim.high is None else f" [{claim.low:z.2f}, {claim.high:z.2f}]"
    decides = "; the part that decides" if ";" in claim.measure else ""
    cases = f"({claim.unit}, n = {claim.n}, seeds: {claim.seeds})"
    return f"Measured, {claim.measure}{decides}: {claim.value:z.2f}{interval} {cases}."


def tell_seen(claim: Claim) -> str:
    """Return a line that says whether figures had been seen before the rule stood; "" where none had."""
    return (
        "Some figures had been seen before the rule was fixed: the rule names them."
        if claim.rule.startswith("Seen before:")
        else ""
    )


def show_verdict(claim_id: str, stem: str) -> None:
    """Show a claim's verdict beside the learner's prediction.

    claim_id: "C01", or "C21/01" for one lesson's part of a claim that a later one decides. stem: of the lesson whose
    results hold it. Raises WorkshopError where it was not measured there.
    """
    claims = read_results(stem).claims
    if claim_id not in claims:
        raise unknown(f"claim of {stem}", claim_id, claims)
    claim, statement = claims[claim_id], find_statement(claim_id)
    predicted = read_record().predictions.get(statement.id, "nothing yet")
    facts = {
        "id": claim_id,
        "sentence": statement.sentence,
        "predicted": predicted,
        "verdict": claim.verdict,
        "which": f"Lesson {claim_id.partition('/')[2]}'s part" if "/" in claim_id else "Verdict",
        "seen": tell_seen(claim),
        "figure": write_figure(claim),
        "limits": claim.limits or "small models and little text.",
        "rule": claim.rule,
    }
    text = (
        f"{claim_id} {statement.sentence}\nYou predicted: {predicted}. {facts['which']}: {claim.verdict}.\n"
        f"{facts['seen']} {facts['figure']}".strip()
        + f"\nLimits: {facts['limits']}\nThe rule: {claim.rule}"
    )
    show_bundle({"text/plain": text, "text/html": BOX.format(**{k: html.escape(v) for k, v in facts.items()})})
