"""The simplified rule over a caseload in OpenFisca-core or policyengine-core, for benchmarks/caseload.py.

Run with a Python that has one of the two installed, and Polars to read the file:
`python caseload_rule.py openfisca people.parquet`. Prints seconds, CPU seconds, peak megabytes and how many are reached. Neither knows
unknown facts: a person with one is given the default, as both do.
"""

import sys
import time

import numpy as np
import polars as pl

engine, path = sys.argv[1], sys.argv[2]
if engine == "openfisca":
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    MONTH = DateUnit.MONTH
else:
    from policyengine_core.entities import build_entity
    from policyengine_core.periods import MONTH
    from policyengine_core.simulations import SimulationBuilder
    from policyengine_core.taxbenefitsystems import TaxBenefitSystem
    from policyengine_core.variables import Variable

person = build_entity(key="person", plural="persons", label="Person", doc="", is_person=True)
FACTS = ("guatemalan", "lawful_status", "visa_required", "discretion")


def fact(name: str, kind: type = bool) -> type:
    attributes = {"value_type": kind, "entity": person, "definition_period": MONTH, "label": name}
    return type(name, (Variable,), attributes)


class reached(Variable):
    value_type = bool
    entity = person
    definition_period = MONTH
    label = "Reached"

    def formula(person, period):
        return (
            (person("claim_day", period) >= 737382)
            * ~person("guatemalan", period)
            * ~person("lawful_status", period)
            * person("visa_required", period)
            * ~person("discretion", period)
        )


system = TaxBenefitSystem([person])
for name in FACTS:
    system.add_variable(fact(name))
system.add_variable(fact("claim_day", int))
system.add_variable(reached)

table = pl.read_parquet(path).select(
    claim_day=pl.col("claim").struct.field("date").to_physical().fill_null(0) + 719163,
    guatemalan=(pl.col("applicant").struct.field("habitual_residence").cast(pl.String) == "GT").fill_null(
        False
    ),
    lawful_status=pl.col("applicant").struct.field("has_lawful_status").fill_null(False),
    visa_required=pl.col("applicant").struct.field("criminal_record").fill_null(False),
    discretion=pl.col("findings").struct.field("discretion_used").fill_null(False),
)
facts = {name: table[name].to_numpy() for name in table.columns}
month = "2019-11"


def run() -> tuple[float, float, int]:
    started, used = time.perf_counter(), time.process_time()
    simulation = SimulationBuilder().build_default_simulation(system, table.height)
    for name, values in facts.items():
        simulation.set_input(name, month, np.asarray(values))
    found = simulation.calculate("reached", month)
    return time.perf_counter() - started, time.process_time() - used, int(found.sum())


def peak_memory() -> float:
    try:
        with open("/proc/self/status") as status:
            return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
    except FileNotFoundError:
        return float("nan")


runs = [run() for _ in range(4)][1:]  # the first warms up, as for the others
wall, cpu, reached = (min(values) for values in zip(*runs, strict=True))
print(wall, cpu, peak_memory(), reached)
