"""A second bookkeeping, written from the design's sentences alone, against which the product's books are compared.

It imports the standard library and nothing of the project. Begin with books.py: what can be done, and what is refused;
papers.py is a transfer as it lies in the file, road.py what became of its lines, stock.py how goods and values move,
journal.py what everything is read from.
"""
