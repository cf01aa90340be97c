"""Contract suites for what strangers bring: a programme of one's own, a policy of one's own, a response curve in a policy.

`check_program` and `check_policy` play it in small markets, `check_curve` tries a function from money to effect; each raises
``ContractError`` with everything that is not kept. They are plain functions: call them from pytest, from a notebook, from anywhere.
ladsim's own kinds of programme and response curves go through the same suites::

    from ladsim.testing import check_program

    def test_birthday():
        check_program("birthday.py", options={"gift_cost": 5.0})

To add a promise: a function in ``programs``, ``policies`` or ``curves`` that yields a sentence for each way in which it is broken,
and its line there.
"""

from ladsim.testing.curves import CURVE_PROMISES as CURVE_PROMISES
from ladsim.testing.curves import CurveTrial as CurveTrial
from ladsim.testing.curves import check_curve as check_curve
from ladsim.testing.policies import POLICY_PROMISES as POLICY_PROMISES
from ladsim.testing.policies import check_policy as check_policy
from ladsim.testing.programs import PROGRAM_PROMISES as PROGRAM_PROMISES
from ladsim.testing.programs import check_program as check_program
from ladsim.testing.trial import ProgramTrial as ProgramTrial
