"""Show something in a notebook by its MIME types, or as text elsewhere. Nothing goes to standard error."""

import sys


def in_notebook() -> bool:
    """Tell whether this process is a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and getattr(shell, "kernel", None) is not None


def show_bundle(bundle: dict[str, str]) -> None:
    """Display contents by MIME type (text/plain among them), or print the text outside notebooks."""
    if not in_notebook():
        print(bundle["text/plain"])
        return
    from IPython.display import display

    display(bundle, raw=True)
