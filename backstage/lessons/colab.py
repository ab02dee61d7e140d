"""The one place for Colab's install cell and the badges. Both appear once the repository's URL is set."""

import tomllib
from pathlib import Path

from backstage.lessons.source import checkout
from workshop.checks.registry import find_lesson

CELL = """# Colab only: install the workshop (about a minute). Anywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q "tune-or-retrieve[{extra}] @ git+{url}"
"""


def repository_url(project: Path | None = None) -> str:
    """Return the repository's address from pyproject.toml, or an empty string while there is none."""
    text = (project or checkout() / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["tool"]["workshop"]["repository"].rstrip("/")


def install_cell(stem: str, url: str | None = None) -> list[dict]:
    """Return the install cell of a lesson's notebook, or nothing while there is no repository."""
    url = repository_url() if url is None else url
    if not url:
        return []
    extra = find_lesson(stem).extra
    cell = {"cell_type": "code", "id": f"{stem[:2]}-colab", "metadata": {"tags": ["colab"]}}
    return [
        cell | {"execution_count": None, "outputs": [], "source": CELL.format(extra=extra, url=url).splitlines(True)}
    ]


def badges(stem: str, url: str | None = None) -> str:
    """Return Markdown badges that open a lesson on Colab and Binder, or an empty string."""
    url = repository_url() if url is None else url
    if not url.startswith("https://github.com/"):
        return ""
    name = url.removeprefix("https://github.com/")
    path = f"notebooks/{stem}.ipynb"
    colab = f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{name}/blob/main/{path})"
    binder = f"[![Open in Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/{name}/main?urlpath=lab/tree/{path})"
    return f"{colab} {binder}"
