"""Pictures of one style: readable from the back of a room, safe for colour-blind readers, with alternative text."""

from workshop.plots.board import export_scoreboard, plot_predictions
from workshop.plots.decision import plot_break_even, plot_grid, plot_year
from workshop.plots.decision_tree import plot_tree
from workshop.plots.ideas import plot_bridge, plot_step, plot_table, plot_window
from workshop.plots.lowrank import plot_low_rank, plot_rank
from workshop.plots.many_tasks import plot_gains, plot_spans
from workshop.plots.other_stacks import plot_distances, plot_job, plot_prices
from workshop.plots.outcomes import plot_outcomes
from workshop.plots.prompting import plot_causal, plot_masked, plot_memory, plot_wordings
from workshop.plots.retrieval import plot_cells, plot_late, plot_price
from workshop.plots.series import plot_rows
from workshop.plots.shapes import plot_shapes
from workshop.plots.spaces import plot_analogies, plot_association, plot_word_map
from workshop.plots.stacks import plot_stacks
from workshop.plots.style import PALETTE, alternative_text, show
from workshop.plots.tags import plot_tags
from workshop.plots.texts import plot_attention, plot_bytes, plot_scores, plot_way
from workshop.plots.tuning import (
    LiveLoss,
    plot_boxes,
    plot_frozen,
    plot_islands,
    plot_labels,
    plot_layers,
    plot_losses,
    plot_settings,
    plot_sureness,
)
from workshop.plots.words import plot_agreement, plot_sizes

__all__ = [
    "PALETTE",
    "LiveLoss",
    "alternative_text",
    "export_scoreboard",
    "plot_agreement",
    "plot_analogies",
    "plot_association",
    "plot_attention",
    "plot_boxes",
    "plot_break_even",
    "plot_bridge",
    "plot_bytes",
    "plot_causal",
    "plot_cells",
    "plot_distances",
    "plot_frozen",
    "plot_gains",
    "plot_grid",
    "plot_islands",
    "plot_job",
    "plot_labels",
    "plot_late",
    "plot_layers",
    "plot_losses",
    "plot_low_rank",
    "plot_masked",
    "plot_memory",
    "plot_outcomes",
    "plot_predictions",
    "plot_price",
    "plot_prices",
    "plot_rank",
    "plot_rows",
    "plot_scores",
    "plot_settings",
    "plot_shapes",
    "plot_sizes",
    "plot_spans",
    "plot_stacks",
    "plot_step",
    "plot_sureness",
    "plot_table",
    "plot_tags",
    "plot_tree",
    "plot_way",
    "plot_window",
    "plot_word_map",
    "plot_wordings",
    "plot_year",
    "show",
]
