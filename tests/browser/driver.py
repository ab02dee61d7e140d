"""What a learner does in JupyterLab, with the keyboard."""

import json
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
CELL_SECONDS = 150
START_SECONDS = 10
ACTIVE = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-cell.jp-mod-active"
IDLE = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status='idle']"
CONNECTED = re.compile(r"^(?!No Kernel).+ \| Idle$")
MOST_CELLS = 200


def keep_picture(page, name: str) -> Path:
    """Write what the browser shows into build/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path


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
        workspace = Path(name).stem  # one of its own: Lab opens the tabs of the last page again
        page.goto(f"{server.address}/lab/workspaces/{workspace}/tree/{name}?token={server.token}")
        page.locator(ACTIVE).wait_for()
        page.locator(IDLE).wait_for()
        # The indicator says idle before there is a kernel; a cell that is run then makes Lab ask for one.
        page.locator("#jp-main-statusbar").get_by_text(CONNECTED).wait_for()

    @property
    def active(self):
        """The cell that the keyboard acts on."""
        return self.page.locator(ACTIVE)

    def focus(self) -> None:
        """Make sure that keys reach the active cell, and that it is not being edited."""
        self.page.keyboard.press("Escape")
        self.active.focus()
        self.page.wait_for_function("cell => document.activeElement === document.querySelector(cell)", arg=ACTIVE)

    def press(self, keys: str, done: str, before: str) -> None:
        """Press keys until they reach the notebook, and wait for what they start.

        done: JavaScript that says so, from the active cell and a text from before. While Lab starts, keys can get
        lost (its file browser takes the focus away, commands are not there yet): then they are pressed again.
        """
        from playwright.sync_api import TimeoutError

        started = f"([selector, before]) => (({done})(document.querySelector(selector), before))"
        for _ in range(10):
            self.focus()
            self.page.keyboard.press(keys)
            try:
                self.page.wait_for_function(started, arg=[ACTIVE, before], timeout=START_SECONDS * 1000)
            except TimeoutError:
                continue
            return
        raise AssertionError(f"{keys} never reached the notebook")

    def code(self) -> str:
        """Return the text of the active cell's editor; "no code" for a text cell."""
        return self.page.wait_for_function(
            """selector => {
                const cell = document.querySelector(selector);
                if (!cell) return false;
                if (!cell.matches(".jp-CodeCell")) return "no code";
                return cell.querySelector(".cm-content")?.innerText || false;
            }""",
            arg=ACTIVE,
        ).json_value()

    def run_up_to(self, text: str) -> None:
        """Run cell after cell, and stop at the one whose code holds a text."""
        self.step_to(text, "Shift+Enter")

    def go_to(self, text: str) -> None:
        """Go down to the cell whose code holds a text, and run nothing."""
        self.step_to(text, "ArrowDown")

    def step_to(self, text: str, keys: str) -> None:
        """Press keys that lead to the next cell until one holds a text."""
        for _ in range(MOST_CELLS):
            if text in self.code():
                return
            before = self.active.get_attribute("data-windowed-list-index")
            self.press(keys, "(cell, before) => cell && cell.dataset.windowedListIndex !== before", before)
        raise AssertionError(f"no code cell holds {text!r}")

    def run(self) -> str:
        """Run the active cell, stay on it, and return what it shows."""
        prompt = "cell?.querySelector('.jp-InputPrompt').innerText"
        before = self.active.locator(".jp-InputPrompt").first.inner_text()
        self.press("Control+Enter", f"(cell, before) => {prompt} !== before", before)
        self.page.wait_for_function(
            f"selector => {{ const cell = document.querySelector(selector); return /\\[\\d+\\]/.test({prompt}); }}",
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
        return keep_picture(self.page, name)

    def close(self) -> None:
        """Save and close."""
        self.focus()
        self.page.keyboard.press("Control+S")
        self.page.locator(".lm-DockPanel-tabBar .lm-mod-current:not(.jp-mod-dirty) .lm-TabBar-tabCloseIcon").click()
