"""The text of a course's nbgrader_config.py."""

from backstage.hidden import ENVIRONMENT
from backstage.lessons.source import TAG

NAME = "nbgrader_config.py"
SECRET = "secret_of_hidden_tests"

CONFIG = '''"""Settings of this nbgrader course, made by `workshop course`. Yours to change: it is never overwritten."""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    DeduplicateIds,
    GetGrades,
    OverwriteCells,
    OverwriteKernelspec,
)

from backstage.course.mend import MendSubmission
from backstage.course.read import MendingExporter

HERE = Path(__file__).resolve().parent
c = get_config()  # noqa: F821
c.CourseDirectory.root = str(HERE)

# nbgrader calls `alembic` and kernels by name: find those of this environment, activated or not.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"

# What graded kernels see. The secret gives the hidden tests their inputs: keep it, back it up, don't hand it out.
os.environ["{variable}"] = str(HERE / "{secret}")
os.environ["WORKSHOP_RESULTS"] = "memory"
os.environ["WORKSHOP_PROFILE"] = "small"
os.environ["HF_HUB_OFFLINE"] = "1"
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

# Learners see the stub's error until they write their own code.
c.ClearSolutions.code_stub = {{"python": 'raise NotImplementedError("Write your own code here.")'}}

# Demonstrations train and plot; no check needs them, so grading leaves them out. No cell runs longer than 60 s.
c.Execute.timeout = 60
c.Execute.skip_cells_with_tag = "{tag}"
c.Execute.extra_arguments = ["--log-level=40"]

# Files with a damaged cell or in another encoding are read as far as they can be.
c.Autograde.exporter_class = MendingExporter

# Cells that were copied, merged, deleted or stripped of their metadata get it back before anything else.
c.Autograde.sanitize_preprocessors = [
    MendSubmission,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]

# A warning must not cost a mark: nbgrader gives 0 for anything on standard error, so that is dropped.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\\s\\S]"

# Feedback shows the check and its diagnosis, never the hidden tests.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
'''


def write_config() -> str:
    """Return the text of nbgrader_config.py."""
    return CONFIG.format(secret=SECRET, variable=ENVIRONMENT, tag=TAG)
