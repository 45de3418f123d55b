"""The console as a person sees it: Chromium plays the page, on a server that really runs.

Begin with `test_story.py`. `served.py` starts and stops the product, `panes.py` reads and uses the page, `killed.py` is
the product that dies at a chosen moment.
"""
