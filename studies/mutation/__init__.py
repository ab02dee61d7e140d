"""How many small changes of the solutions the checks notice."""
