"""The shop's rules: commands, the ledger, questions. Knows no chat.

May import `data`. A ground, on it the areas in their order, and a roof of two files that see everything. Begin with
`commands.py`, the table of contents, and `execute.py`, the one door for changes.
"""
