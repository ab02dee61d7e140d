"""What was measured, what the learner did, and the two side by side."""

from workshop.score.caught_up import catch_up
from workshop.score.claims import STATEMENTS
from workshop.score.code import make_code, paste_code
from workshop.score.learner import read_record, record_row
from workshop.score.replies import ReplyScores, abstains, contains_short, exact_match, find_kind, score_replies
from workshop.score.results import Claim, Results, Row, read_results
from workshop.score.sheet import write_sheet
from workshop.score.spans import clipped_precision, entity_f1, read_tags, rouge_l
from workshop.score.tree import build_tree
from workshop.score.verdict import show_verdict

__all__ = [
    "STATEMENTS",
    "Claim",
    "ReplyScores",
    "Results",
    "Row",
    "abstains",
    "build_tree",
    "catch_up",
    "clipped_precision",
    "contains_short",
    "entity_f1",
    "exact_match",
    "find_kind",
    "make_code",
    "paste_code",
    "read_record",
    "read_results",
    "read_tags",
    "record_row",
    "rouge_l",
    "score_replies",
    "show_verdict",
    "write_sheet",
]
