"""A second bookkeeping, written from the design's sentences alone, against which the product's books are compared.

It imports the standard library and nothing of the project. Begin with books.py: what can be done, and what is refused;
journal.py is what everything is read from.
"""
