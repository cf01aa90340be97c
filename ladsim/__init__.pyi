"""The public names, for type checkers and editors; each is loaded when it is first used."""

from . import measures as measures
from . import theory as theory
from .data.read import CustomerData as CustomerData
from .data.read import read_data as read_data
from .data.report import DataReport as DataReport
from .engine.history import History as History
from .engine.parquet import read_events as read_events
from .engine.run import simulate as simulate
from .errors import ContractError as ContractError
from .errors import DataError as DataError
from .errors import LadsimError as LadsimError
from .errors import OutputError as OutputError
from .errors import PolicyError as PolicyError
from .errors import Problem as Problem
from .errors import ScenarioError as ScenarioError
from .errors import StoppedError as StoppedError
from .errors import StudyError as StudyError
from .errors import WorldError as WorldError
from .measures.explanation import explain as explain
from .planning.compare import Comparison as Comparison
from .planning.compare import compare as compare
from .planning.potential import Potential as Potential
from .planning.potential import potential as potential
from .planning.programs import ProgramValue as ProgramValue
from .planning.programs import program_value as program_value
from .planning.replications import Replications as Replications
from .planning.reproduce import again as again
from .planning.run import replicate as replicate
from .planning.sweep import Sweep as Sweep
from .planning.sweep import sweep as sweep
from .planning.targets import Targets as Targets
from .planning.targets import set_targets as set_targets
from .planning.until_sure import UntilSure as UntilSure
from .planning.wheel import LoyaltyWheel as LoyaltyWheel
from .planning.wheel import loyalty_wheel as loyalty_wheel
from .reporting.page import report as report
from .scenario.edit import ready_strategies as ready_strategies
from .scenario.load import load as load
from .scenario.load import loads as loads
from .scenario.spec import Scenario as Scenario
from .world.build import World as World
from .world.build import build as build
from .world.graph import ReferralGraph as ReferralGraph

__version__: str
