"""What runs inside the jail, and what starts it. Nothing here knows an answer."""
