"""The conversation: understands, confirms, words. Knows no channel.

May import `core`, and of `data` only the conversation's tables and the enums. Begin with `respond.py`: read, then act.
"""
