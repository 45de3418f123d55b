"""The tables, a file for each room of core and one for the conversation.

Columns and named constraints, no behaviour. Begin with `stock.py`: documents, postings, balances.
"""
