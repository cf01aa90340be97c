"""Contract suites for what strangers bring: a programme of one's own, a policy of one's own.

`check_program` and `check_policy` play it in small markets and raise ``ContractError`` with everything that it does not keep. They are
plain functions: call them from pytest, from a notebook, from anywhere. ladsim's own kinds of programme go through the same suite::

    from ladsim.testing import check_program

    def test_birthday():
        check_program("birthday.py", options={"gift_cost": 5.0})

To add a promise: a function in ``programs`` or ``policies`` that yields a sentence for each way in which it is broken, and its line there.
"""

from ladsim.testing.policies import POLICY_PROMISES as POLICY_PROMISES
from ladsim.testing.policies import check_policy as check_policy
from ladsim.testing.programs import PROGRAM_PROMISES as PROGRAM_PROMISES
from ladsim.testing.programs import check_program as check_program
from ladsim.testing.trial import ProgramTrial as ProgramTrial
