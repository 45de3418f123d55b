"""Names: which products, places, suppliers, units and people a text names, and how it was written.

Begin with `name.py`, the edge over the text that everything here gives, then `lexicon.py`, the one door.
"""
