"""Who acts, and what waits for whose word.

May import the ground. Begin with `directory.py`.
"""
