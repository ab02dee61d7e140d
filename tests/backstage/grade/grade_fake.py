"""`python -m tests.backstage.grade.grade_fake IN OUT SECRET`: grade in a process that tests may kill."""

import sys
from pathlib import Path

from backstage.grade.run import Options, grade_all
from tests.backstage.grade.fake_grader import FakeGrader

if __name__ == "__main__":
    source, out, secret = map(Path, sys.argv[1:])
    grade_all([source], out, Options(jobs=2, secret=secret), FakeGrader)
