"""Pictures of one style: readable from the back of a room, safe for colour-blind readers, with alternative text."""

from workshop.plots.style import PALETTE, alternative_text, show

__all__ = ["PALETTE", "alternative_text", "show"]
