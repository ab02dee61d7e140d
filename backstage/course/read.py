"""Let nbgrader read submissions as the grader does: every declared encoding, damaged cells mended or left out."""

import json
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.notebooknode import NotebookNode

from backstage.grade.jail.notebook import NotebookError, read_notebook
from workshop.errors import WorkshopError

LOST = "workshop_lost_something"


class MendingExporter(NotebookExporter):
    """Reads a notebook's bytes, and goes on as nbgrader's own exporter does."""

    def from_file(self, file_stream: Any, resources: Any = None, **more: Any) -> tuple[NotebookNode, Any]:
        """Read an open file; raise WorkshopError where it is no notebook."""
        stream = getattr(file_stream, "buffer", file_stream)
        content = stream.read()
        try:
            notebook, remarks = read_notebook(content if isinstance(content, bytes) else content.encode())
        except NotebookError as error:
            name = getattr(file_stream, "name", "the submission")
            raise WorkshopError(f"{name} is not a notebook: {error}. Let it be handed in again.") from None
        for remark in remarks:
            self.log.warning("Mended: %s", remark)
            notebook["metadata"][LOST] = True
        node = nbformat.reads(json.dumps(notebook), as_version=4)
        return self.from_notebook_node(node, resources=resources, **more)
