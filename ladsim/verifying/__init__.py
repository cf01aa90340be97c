"""Published models played again: each a scenario of ``scenarios/classics``, a closed form, and whether the two agree.

``form`` holds one market with its formula, ``markets`` and ``fits`` all of them, ``verify`` looks at them and says what it found.
"""
