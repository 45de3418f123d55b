"""Known ways to break the code, each a patch that must turn a named test red.

`make mutants` runs them. A patch begins with `# mutant:` and one sentence, then `# caught by:` and a test, once for
each test that has to notice; below stands a unified diff.
"""
