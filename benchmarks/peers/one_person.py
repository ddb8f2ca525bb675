"""One person under one simplified rule in OpenFisca-core or policyengine-core, for benchmarks/screening.py.

Run with a Python that has one of the two installed: `python one_person.py openfisca 500`. The rule is the bare
bones of us-guatemala-2019: an arrival on or after 19 November 2019, no Guatemalan nationality, no visa that
counts, a visa required. Prints seconds for each person, set-up of the rules left out.
"""

import sys
import time

engine, count = sys.argv[1], int(sys.argv[2])
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
            (person("entry_day", period) >= 737382)
            * ~person("guatemalan", period)
            * ~person("has_visa", period)
            * person("visa_required", period)
            * ~person("discretion", period)
        )


system = TaxBenefitSystem([person])
for name in ("guatemalan", "has_visa", "visa_required", "discretion"):
    system.add_variable(fact(name))
system.add_variable(fact("entry_day", int))
system.add_variable(reached)
month = "2019-11"
facts = {
    "entry_day": {month: 737383}, "guatemalan": {month: False}, "has_visa": {month: False},
    "visa_required": {month: True}, "discretion": {month: False},
}  # fmt: skip


def one() -> bool:
    simulation = SimulationBuilder().build_from_dict(system, {"persons": {"p": facts}})
    return bool(simulation.calculate("reached", month)[0])


assert one()
started = time.perf_counter()
for _ in range(count):
    one()
print((time.perf_counter() - started) / count)
