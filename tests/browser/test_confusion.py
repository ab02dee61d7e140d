"""The confusion matrix in a real JupyterLab: a click on a number opens its texts."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MATRIX = """\
from workshop.widgets import confusion_map

truth = ["calm", "calm", "angry", "angry", "angry", "worried"]
said = ["calm", "angry", "calm", "calm", "angry", "worried"]
texts = ["The late boat again.", "Is the kettle on?", "I want it back.", "Refund. Now.", "Enough!", "Will it sail?"]
confusion_map(truth, said, texts, sure=[0.9, 0.5, 0.4, 0.8, 0.7, 0.6])
"""


@pytest.fixture
def notebook(open_cell):
    """Open a notebook with nothing but a confusion matrix."""
    return open_cell(MATRIX)


def test_a_click_on_a_number_opens_its_texts(notebook):
    output = notebook.active.locator(".jp-Cell-outputArea")
    opened = output.locator("[role=status]").last
    opened.get_by_text("True angry, called calm: 2.").wait_for()
    assert opened.inner_text().index("Refund. Now.") < opened.inner_text().index("I want it back.")
    assert output.locator("button").count() == 9
    output.locator("button[title='true calm, predicted angry']").click()
    opened.get_by_text("True calm, called angry: 1.").wait_for()
    assert "Is the kettle on?" in opened.inner_text()
    assert "Refund" not in opened.inner_text()
    notebook.picture("confusion_map")
