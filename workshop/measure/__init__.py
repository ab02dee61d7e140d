"""The long runs behind the lessons' figures: `python -m workshop.measure`."""

from workshop.measure.runner import known_stems, load_module, run_cells

__all__ = ["known_stems", "load_module", "run_cells"]
