"""reveal.js and our own style, from installed files, ready to stand inside a page."""

import importlib.util
import re
from pathlib import Path

from workshop.errors import INSTALL, MissingExtra

ASSETS = Path(__file__).resolve().parent.parent / "assets" / "slides"
CARRIER = "sphinx_revealjs"


def find_reveal() -> Path:
    """Return the folder of reveal.js inside the package that carries it, without importing that package.

    Raises MissingExtra with the pip line where it is not installed.
    """
    found = importlib.util.find_spec(CARRIER)
    for folder in (found.submodule_search_locations or []) if found else []:
        reveal = Path(folder) / "_static" / "revealjs"
        if (reveal / "dist" / "reveal.js").is_file():
            return reveal
    raise MissingExtra(
        f"the slides need reveal.js, which {CARRIER} carries. Install it with: {INSTALL.format(extra='build')}"
    )


def read_parts() -> dict[str, str]:
    """Return the scripts and styles of a deck by the names that its template uses."""
    reveal = find_reveal()
    styles = [(reveal / "dist" / name).read_text(encoding="utf-8") for name in ("reset.css", "reveal.css")]
    return {
        "reveal_css": "\n".join(styles),
        "reveal_js": inline((reveal / "dist" / "reveal.js").read_text(encoding="utf-8")),
        "notes_js": inline((reveal / "plugin" / "notes" / "notes.js").read_text(encoding="utf-8")),
        "css": (ASSETS / "deck.css").read_text(encoding="utf-8"),
        "js": (ASSETS / "deck.js").read_text(encoding="utf-8"),
    }


def inline(script: str) -> str:
    """Return a script that can stand inside a page: no end tag in its strings, no source map."""
    return re.sub(r"//# sourceMappingURL=\S+", "", script).replace("</script", "<\\/script")
