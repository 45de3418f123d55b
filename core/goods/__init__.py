"""What can be held, in which units and packs, and where.

May import the ground and people. Begin with `catalogue.py`.
"""
