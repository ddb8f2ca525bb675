"""Every bad file of `tests/cli/hostile.py`, given to every verb that reads files: message, exit code, time, memory.

    ./bootstrap python benchmarks/bad_input.py [--only VERB] [--file NAME] [--small | --large]

Each call is a process of its own. A line for each that is not met as it should be: by one clear message that names
the file, with the exit code of docs/cli.md, within 2 seconds of processor time and 300 MB, and without a word of what
the file holds. Exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.cli.hostile import USES, Bad, Use, faults, files_for, remove  # noqa: E402

MOST_SECONDS = 2.0
MOST_MB = 300
PATIENCE = 20
"""Seconds after which a call is ended."""
CASE = '{"version": 1, "claim": {"country": "US", "date": "2019-12-01"}, "applicant": {"nationalities": ["HN"]}}\n'
TABLE = "id,claim.country,claim.date,applicant.nationalities\n1,US,2019-12-01,HN\n"


@dataclass(frozen=True)
class Call:
    """How one call went."""

    code: int
    said: str
    seconds: float
    """Of the processor."""
    waited: float
    megabytes: float


def call(args: list[str], folder: Path) -> Call:
    """Run `safethird ARGS` in a folder and measure it."""
    out = folder / "said"
    with out.open("wb") as stream:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "safethird", *args], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "SAFETHIRD_DEBUG": ""},
        )  # fmt: skip
        deadline = started + PATIENCE
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() > deadline:
                process.send_signal(signal.SIGKILL)
                deadline = float("inf")
            time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    said = out.read_bytes()[:2_000_000].decode("utf-8", "replace")
    return Call(process.returncode, said, used.ru_utime + used.ru_stime, time.perf_counter() - started,
                used.ru_maxrss / 1024)  # fmt: skip


def try_out(use: Use, ending: str, bad: Bad, folder: Path) -> tuple[Call, list[str]]:
    """One verb with one file."""
    file = f"{bad.name}{ending}"
    places = {"{}": file, "{case}": "good-case.json", "{table}": "good-table.csv", "{text}": "good-text.txt",
              "{data}": "good-data", "{out}": "new-draft.yaml"}  # fmt: skip
    done = call([places.get(arg, arg) for arg in use.args], folder)
    wrong = faults(done.code, done.said, bad, use, bad.name)
    if done.seconds > MOST_SECONDS:
        wrong.append(f"takes {done.seconds:.1f} s")
    if done.waited > 2 * MOST_SECONDS:
        wrong.append(f"keeps one waiting for {done.waited:.1f} s")
    if done.megabytes > MOST_MB:
        wrong.append(f"takes {done.megabytes:.0f} MB")
    if (folder / "PWNED").exists():
        wrong.append("runs code")
        (folder / "PWNED").unlink()
    return done, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", help="only verbs whose name begins so")
    parser.add_argument("--file", help="only files whose name holds this")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_true", help="only small files")
    size.add_argument("--large", action="store_true", help="only files that take long to make")
    parser.add_argument("--verbose", action="store_true", help="show what was said where something is wrong")
    chosen = parser.parse_args()
    calls: list[tuple[Call, str]] = []
    failed = 0
    uses = [use for use in USES if not chosen.only or use.name.startswith(chosen.only)]
    endings = sorted({ending for use in uses for ending in use.endings})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "good-case.json").write_text(CASE, encoding="utf-8")
        (folder / "good-table.csv").write_text(TABLE, encoding="utf-8")
        (folder / "good-text.txt").write_text("Articulo 1\n\nLas Partes.\n", encoding="utf-8")
        (folder / "good-data").mkdir()
        for ending in endings:
            for bad in files_for(ending, large=not chosen.small):
                if (chosen.file and chosen.file not in bad.name) or (chosen.large and not bad.large):
                    continue
                bad.make(folder / f"{bad.name}{ending}")
                for use in uses:
                    if ending not in use.endings:
                        continue
                    done, wrong = try_out(use, ending, bad, folder)
                    calls.append((done, f"{use.name} {bad.name}{ending}"))
                    if wrong:
                        failed += 1
                        print(f"{use.name:28} {bad.name + ending:34} {'; '.join(wrong)}", flush=True)
                        if chosen.verbose:
                            print("    " + done.said[:1200].replace("\n", "\n    "), flush=True)
                remove(folder / f"{bad.name}{ending}")
    for what, key in (("slowest", lambda one: one.seconds), ("largest", lambda one: one.megabytes)):
        worst, name = max(calls, key=lambda entry: key(entry[0]))
        print(f"{what}: {name}, {worst.seconds:.2f} s of the processor, {worst.megabytes:.0f} MB")
    print(f"{len(calls)} calls, {failed} not as they should be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
