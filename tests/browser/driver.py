"""What a learner does in JupyterLab, with the keyboard."""

import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
CELL_SECONDS = 240
ACTIVE = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell.jp-mod-active"
IDLE = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status='idle']"
MOST_CELLS = 200


@dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address, its token and the folder that it works in."""

    address: str
    token: str
    work: Path

    def ask(self, path: str) -> object:
        """Return what the server's API answers."""
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"token {self.token}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


class Notebook:
    """One notebook in the browser."""

    def __init__(self, page, server: Server, name: str):
        self.page = page
        page.goto(f"{server.address}/lab/tree/{name}?token={server.token}")
        page.locator(ACTIVE).wait_for()
        page.locator(IDLE).wait_for()
        page.keyboard.press("Escape")  # command mode

    @property
    def active(self):
        """The cell that the keyboard acts on."""
        return self.page.locator(ACTIVE)

    def code(self) -> str:
        """Return the text of the active cell's editor; empty for a rendered text cell."""
        editor = self.active.locator(".cm-content")
        return editor.inner_text() if editor.count() and self.active.evaluate("e => e.matches('.jp-CodeCell')") else ""

    def run_up_to(self, text: str) -> None:
        """Run cell after cell, and stop at the one whose code holds a text."""
        for _ in range(MOST_CELLS):
            if text in self.code():
                return
            before = self.active.get_attribute("data-windowed-list-index")
            self.page.keyboard.press("Shift+Enter")
            self.page.wait_for_function(
                "([cell, before]) => document.querySelector(cell)?.dataset.windowedListIndex !== before",
                arg=[ACTIVE, before],
            )
        raise AssertionError(f"no code cell holds {text!r}")

    def run(self) -> str:
        """Run the active cell, stay on it, and return what it shows."""
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "cell => /\\[\\d+\\]/.test(document.querySelector(cell + ' .jp-InputPrompt')?.innerText)",
            arg=ACTIVE,
            timeout=CELL_SECONDS * 1000,
        )
        output = self.active.locator(".jp-Cell-outputArea")
        return output.inner_text() if output.count() else ""

    def up(self) -> None:
        """Go to the cell above."""
        self.page.keyboard.press("ArrowUp")

    def write(self, text: str) -> None:
        """Replace the active cell's text, and leave its editor."""
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")

    def picture(self, name: str) -> Path:
        """Keep what the browser shows."""
        self.active.locator(".jp-Cell-outputWrapper, .jp-InputArea").last.scroll_into_view_if_needed()
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def close(self) -> None:
        """Save and close."""
        self.page.keyboard.press("Control+S")
        self.page.locator(".lm-DockPanel-tabBar .lm-mod-current:not(.jp-mod-dirty) .lm-TabBar-tabCloseIcon").click()
