"""The edges: what comes in, what goes out, and the console in a real browser."""
