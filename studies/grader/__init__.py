"""How fast and how right the grader is beside stock nbgrader."""
