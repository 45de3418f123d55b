"""Phrases: how people say things, in YAML files that anyone may extend, compiled to patterns over a message.

It imports nothing of the house. Begin with `common.yaml`, which says how a phrase is written, then `book.py`.
"""
