"""How fast the flow model is, and how fast people move over a network in agent libraries, in one run.

    python benchmarks/flows.py --data FOLDER [--workers 2] [--peers PYTHON]

The model: 200,000 draws, 12 months, both arms, of the scenario of 2019. The peers: the same people, over a
network of the same size, one step a month, each in a fresh process with the Python given (FLEE, Mesa and AgentPy
are no part of safethird and need an environment of their own). Reported are persons times steps a second, and
peak memory; on another machine the numbers differ, the ratios hardly. `share_away` is the share of people who are not
where they began: it shows that all moved them alike.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from safethird.flows.run import draw, prepare
from safethird.flows.scenario import load_scenario

PEOPLE, PLACES, STEPS = 100_000, 8, 12
"""The race: this many people on a ring of places, moving on with one chance in two each step."""


def model(data: list[str], workers: int) -> dict[str, float]:
    """Time and memory of the full model, and how time grows with the draws."""
    scenario = load_scenario("us-guatemala-2019")
    scenario = replace(scenario, horizon=12, came=())
    prepared = prepare(scenario, data, 1)
    times, cpu, people = {}, {}, 0.0
    peak = _Peak()
    peak.start()
    for draws in (50_000, 100_000, 200_000):
        start, before = time.perf_counter(), _cpu()
        made = draw(prepared.plan, 1, draws, workers)
        times[draws], cpu[draws] = time.perf_counter() - start, _cpu() - before
        people = float(made.monthly["arrivals_without"].sum(dtype=np.float64)) * 2
        del made
    peak.stop.set()
    peak.join()
    return {
        **{f"seconds_{draws}": round(took, 2) for draws, took in times.items()},
        **{f"cpu_seconds_{draws}": round(took, 2) for draws, took in cpu.items()},
        "cpu_a_draw_200000_over_50000": round(cpu[200_000] / 200_000 / (cpu[50_000] / 50_000), 3),
        "peak_mb_with_workers": round(peak.most / 1024, 1),
        "persons_steps_a_second_of_all_draws": round(people / times[200_000]),
    }


class _Peak(threading.Thread):
    """The most memory that this process and its workers held together (resident, in kB), looked at ten times a
    second. What `getrusage` says of children counts what they inherit before they start a program of their own."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self.stop = 0, threading.Event()

    def run(self) -> None:
        while not self.stop.wait(0.1):
            held = 0
            for process in ("self", *(child.pid for child in multiprocessing.active_children())):
                try:
                    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
                except OSError:
                    continue  # a worker that has just ended
                held += next(
                    (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0
                )
            self.most = max(self.most, held)


def _cpu() -> float:
    """Processor seconds of this process and of its children that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in whose)


def cohorts() -> dict[str, float]:
    """The race with our own network: one matrix of counts."""
    from safethird.flows.routes import Edge, Network, Place

    layers = [[f"{layer}-{place}" for place in range(PLACES)] for layer in range(STEPS + 1)]
    places = tuple(Place(name, {}, 0, 0) for layer in layers for name in layer)
    edges = tuple(
        Edge(layers[at][place], layers[at + 1][(place + move) % PLACES], 0.0)
        for at in range(STEPS)
        for place in range(PLACES)
        for move in (0, 1)
    )
    network = Network(places, edges, {})
    start = time.perf_counter()
    flow = network.flow({layers[0][0]: [float(PEOPLE)]}, 1)
    took = time.perf_counter() - start
    assert abs(sum(flow[name][0] for name in layers[-1]) - PEOPLE) < 1e-6
    return {
        "seconds": took,
        "persons_steps_a_second": PEOPLE * STEPS / took,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "share_away": float(1 - flow[layers[-1][0]][0] / PEOPLE),
    }


PEERS = {
    "mesa": """
import mesa
class Person(mesa.Agent):
    def __init__(self, model):
        super().__init__(model)
        self.place = 0
    def step(self):
        if self.random.random() < 0.5:
            self.place = (self.place + 1) % PLACES
class World(mesa.Model):
    def __init__(self):
        super().__init__(seed=1)
        Person.create_agents(self, PEOPLE)
    def step(self):
        self.agents.do("step")
world = World()
start = time.perf_counter()
for _ in range(STEPS):
    world.step()
took = time.perf_counter() - start
away = sum(person.place != 0 for person in world.agents)
""",
    "agentpy": """
import agentpy
class Person(agentpy.Agent):
    def setup(self):
        self.place = 0
    def go(self):
        if self.model.random.random() < 0.5:
            self.place = (self.place + 1) % PLACES
class World(agentpy.Model):
    def setup(self):
        self.people = agentpy.AgentList(self, PEOPLE, Person)
    def step(self):
        self.people.go()
world = World({"steps": STEPS, "seed": 1})
world.sim_setup(STEPS, 1)
start = time.perf_counter()
for _ in range(STEPS):
    world.sim_step()
took = time.perf_counter() - start
away = sum(person.place != 0 for person in world.people)
""",
    "flee": """
from flee import flee
flee.SimulationSettings.ReadFromYML(settings)
world = flee.Ecosystem()
places = [world.addLocation(name=str(at), x=float(at), y=0.0, movechance=0.5, capacity=-1, pop=0)
          for at in range(PLACES)]
for at in range(PLACES):
    world.linkUp(str(at), str((at + 1) % PLACES), 360.0)  # a step's way
for _ in range(PEOPLE):
    world.addAgent(places[0], {})
start = time.perf_counter()
for _ in range(STEPS):
    world.evolve()
took = time.perf_counter() - start
away = PEOPLE - places[0].numAgents
""",
}


def peer(name: str, python: str) -> dict[str, float | str]:
    """One peer in its own process; a peer that is not installed says so."""
    code = (
        "import json, pathlib, resource, sys, tempfile, time\n"
        f"PEOPLE, PLACES, STEPS = {PEOPLE}, {PLACES}, {STEPS}\n"
        "settings = str(pathlib.Path(tempfile.mkdtemp()) / 'settings.yml')\n"
        "pathlib.Path(settings).write_text('log_levels: {agent: 0, link: 0, camp: 0, conflict: 0, init: 0}\\n"
        "move_rules: {max_move_speed: 360.0, max_walk_speed: 35.0}\\n')\n"
        + PEERS[name]
        + "print(json.dumps({'seconds': took, 'persons_steps_a_second': PEOPLE * STEPS / took, "
        "'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 'share_away': away / PEOPLE}))\n"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"not_run": done.stderr.strip().splitlines()[-1][:200] if done.stderr.strip() else "failed"}
    found: dict[str, float | str] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Run everything and print JSON."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", action="append", required=True)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--peers", help="A Python that has mesa, agentpy and flee.")
    given = options.parse_args()
    found: dict[str, dict[str, float | str]] = {"cohorts": dict(cohorts())}
    if given.peers:
        for name in PEERS:
            found[name] = peer(name, str(Path(given.peers)))
        ours = float(found["cohorts"]["persons_steps_a_second"])
        for name in PEERS:
            if "seconds" in found[name]:
                found[name]["cohorts_times_faster"] = round(
                    ours / float(found[name]["persons_steps_a_second"])
                )
    found["model"] = dict(model(given.data, given.workers))
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
