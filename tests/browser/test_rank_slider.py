"""The rank slider in a real JupyterLab: moved with the mouse and with keys, it draws another rank."""

import time

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLIDER = "from workshop.widgets import rank_slider\n\nrank_slider()\n"


@pytest.fixture
def notebook(page, server, open_cell):
    """Open a notebook with nothing but a rank slider, on the screen of a small laptop."""
    page.set_viewport_size({"width": 1366, "height": 768})
    before = list_kernels(server)
    opened = open_cell(SLIDER)
    yield opened
    mine = list_kernels(server) - before
    assert mine
    opened.close()
    end = time.monotonic() + 60
    while mine & list_kernels(server):
        assert time.monotonic() < end, "closing a notebook stops its kernel"
        page.wait_for_timeout(200)


def list_kernels(server):
    """Return the ids of the kernels that run."""
    return {one["id"] for one in server.ask("/api/kernels")}


def test_the_slider_draws_the_rank_it_is_set_to(notebook):
    output = notebook.active.locator(".jp-Cell-outputArea")
    status = output.locator("[role=status]").last
    status.get_by_text("B and A, rank 4").wait_for()
    output.locator("img[alt^='Rank 4 holds 95.7 % of the change']").wait_for()
    notebook.picture("rank_slider")
    handle = output.locator("[role=slider]")
    handle.focus()
    handle.press("ArrowRight")
    status.get_by_text("B and A, rank 8").wait_for()
    output.locator("img[alt^='Rank 8 holds']").wait_for()
    assert output.locator("img").count() == 1
    box = output.locator(".noUi-base").bounding_box()
    notebook.page.mouse.click(box["x"] + 1, box["y"] + box["height"] / 2)
    status.get_by_text("B and A, rank 1").wait_for()
    assert "86.8 %" in status.inner_text()
    notebook.picture("rank_slider_rank_1")
