"""What people and programs write where there is nobody, or nothing: the one list, for ties, ids, referrers and amounts.

In small letters. A word counts only where no customer is called so; to teach one: add it here.
"""

from __future__ import annotations

# Words and signs, which are no number anywhere.
NOTHING = frozenset(
    ["-", "--", "–", "—", ".", "?", "na", "n/a", "n.a.", "#n/a", "nan", "nat", "null", "(null)", "nil", "none", "(none)", "<na>", "\\n", "(blank)",
     "(tom)", "missing", "unknown", "ukendt", "ukjent", "uoplyst", "ikke oplyst", "ikke oppgitt", "ikke relevant", "ingen", "intet", "ingenting",
     "nobody", "no-one", "ingen anbefaling", "nej", "nei"]
)  # fmt: skip
# Numbers that stand for nobody where ids stand; an amount of 0 is an amount.
NO_ID = frozenset(["0", "0.0", "00", "-1"])
ZEROS = frozenset(["0", "0.0", "00"])  # which some systems give to a customer
NOBODY = NOTHING | NO_ID
