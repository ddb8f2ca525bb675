"""How quickly one person is answered, beside OpenFisca-core and policyengine-core in the same run.

    ./bootstrap python benchmarks/screening.py [--openfisca PYTHON] [--policyengine PYTHON] [--cases 10000]

PYTHON is the interpreter of an environment with `openfisca-core` or `policyengine-core` installed (they stay
out of ours). Ours answers the whole of us-guatemala-2019 with trace; theirs a bare five-term rule without
unknowns, reasons or citations. Times are medians; the machine's load shows in all of them alike, so read
the ratios.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CASE = {
    "version": 1, "as_of": "2019-11-26", "claim": {"country": "US", "date": "2019-11-19"},
    "decision": {"date": "2019-11-26"},
    "applicant": {"birth_date": "1991", "nationalities": ["SV"], "has_lawful_status": False,
                  "visa_rules": [{"country": "US", "required": True}]},
    "entries": [{"country": "US", "date": "2019-11-19", "from_country": "MX", "manner": "land_between_ports",
                 "turned_back": False}],
    "journey": [{"country": "GT"}, {"country": "MX"}], "family": [], "documents": [], "prior_claims": [],
    "findings": {"discretion_used": False, "countries": [{"country": "GT", "fear_stated": False, "harm_standard_met": "none"}]},
}  # fmt: skip


def process(*command: str, runs: int = 9) -> float:
    """Median wall time of a whole process, in seconds; the first run warms the caches."""
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def repeated(function: Callable[[], object], runs: int = 15, loops: int = 100) -> float:
    """Median time of one call, in seconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        for _ in range(loops):
            function()
        times.append((time.perf_counter() - started) / loops)
    return statistics.median(times)


def line(what: str, seconds: float, note: str = "") -> None:
    shown = f"{seconds * 1e6:10.1f} us" if seconds < 0.001 else f"{seconds * 1e3:10.1f} ms"
    print(f"{what:58} {shown}  {note}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--openfisca", help="a Python with openfisca-core")
    options.add_argument("--policyengine", help="a Python with policyengine-core")
    options.add_argument("--cases", type=int, default=10_000)
    given = options.parse_args()
    python = sys.executable
    bare = process(python, "-c", "pass")
    line("python starts", bare)
    line("import safethird, over that", process(python, "-c", "import safethird") - bare, "aim 150 ms")
    with tempfile.TemporaryDirectory() as folder:
        one, many = Path(folder) / "one.json", Path(folder) / "many.jsonl"
        one.write_text(json.dumps(CASE), encoding="utf-8")
        many.write_text(
            "".join(json.dumps({**CASE, "id": f"c{n}"}) + "\n" for n in range(given.cases)), encoding="utf-8"
        )
        command = (python, "-m", "safethird", "screen", str(one))
        line("safethird screen, cold, all regimes for a US claim", process(*command), "aim 300 ms")
        line("safethird screen, cold, one regime", process(*command, "--regime", "us-guatemala-2019"))
        in_process(given)
        jsonl(python, many, given.cases)


def in_process(given: argparse.Namespace) -> None:
    from safethird.facts.case import Case
    from safethird.regimes.catalogue import library, load_regime
    from safethird.screening.casetests import read_tests
    from safethird.screening.determine import reason
    from safethird.screening.screen import determine, facts_for_rules, screen

    started = time.perf_counter()
    count = len(library())
    line(f"loading the whole library ({count} regimes)", time.perf_counter() - started, "aim 300 ms")
    case = Case.from_data(CASE)
    regime = load_regime("us-guatemala-2019")
    facts = facts_for_rules(case)
    ours = repeated(lambda: reason(regime, facts))
    line("one determination with every step kept", ours, "aim 100 us")
    line("the same with grounds, readings and warnings", repeated(lambda: determine(regime, facts)))
    every = list(library().values())
    line("one person, all regimes that can concern them", repeated(lambda: screen(case), loops=5), "aim 5 ms")
    line("the same person, every regime of the world", repeated(lambda: screen(case, every), loops=5))
    people = [test.case for test in read_tests([Path(every[0].file or "").parents[1]])][::25]
    each = sorted(repeated(partial(screen, who), runs=3, loops=1) for who in people)
    line(f"the median of {len(people)} people in the library's own cases", each[len(each) // 2], "aim 5 ms")
    line("nine in ten of them are answered within", each[len(each) * 9 // 10])
    for name, interpreter in (("openfisca", given.openfisca), ("policyengine", given.policyengine)):
        if interpreter is None:
            print(f"{name + '-core':58} not measured: give --{name}")
            continue
        script = str(Path(__file__).parent / "peers" / "one_person.py")
        done = subprocess.run([interpreter, script, name, "300"], check=True, capture_output=True, text=True)
        theirs = float(done.stdout)
        line(f"{name}-core, one person, five-term rule", theirs, f"{theirs / ours:.1f} times ours")


def jsonl(python: str, many: Path, cases: int) -> None:
    started = time.perf_counter()
    command = [
        python,
        "-m",
        "safethird",
        "screen",
        str(many),
        "--regime",
        "us-guatemala-2019",
        "--format",
        "json",
    ]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    line(
        f"{cases:,} cases from JSON Lines, one process",
        seconds,
        f"{cases / seconds:,.0f} cases a second, peak {peak:.0f} MB",
    )


if __name__ == "__main__":
    main()
