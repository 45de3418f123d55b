"""How the schema came to be: one file for each change, applied at start.

May import the tables. Begin with `versions/`; a new change is a new file there, never an edit of an old one.
"""
