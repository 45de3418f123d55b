"""The command line: `stocktalk` and its commands, a module for each.

May import everything of bot. Begin reading at `app.py`.
"""
