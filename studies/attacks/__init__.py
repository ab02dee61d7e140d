"""The battery of attacks, on stock nbgrader and on the grader."""
