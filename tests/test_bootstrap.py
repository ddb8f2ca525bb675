"""`./bootstrap` with stand-ins for Python, pip and uv: what it calls, when it calls nothing, what it says.

No environment is made for real here and nothing is downloaded; a fresh clone in CI does that.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BOOTSTRAP = ROOT / "bootstrap"

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="bootstrap is a shell script; Windows has bootstrap.ps1"
)

# All that the script may need: nothing else is on the PATH of these tests.
TOOLS = (
    "awk", "cat", "cksum", "cp", "cut", "date", "env", "grep",
    "mkdir", "mv", "rm", "sed", "sh", "sleep", "tail", "tr", "uname",
)  # fmt: skip

PYPROJECT = """\
[project]
name = "demo"
dependencies = ["alpha>=1"]

[project.optional-dependencies]
duckdb = ["duckdb"]
prove = ["z3-solver"]

[tool.ruff]
line-length = 110
"""

# Stands for python3 and for the Python inside an environment. It notes how it was called, and with which
# settings that would send packages elsewhere.
FAKE_PYTHON = """\
#!/bin/sh
case $0 in */.boot/*) who=inside ;; *) who=${0##*/} ;; esac
[ "$1" = -E ] || echo "$who $* [${PIP_TARGET:-}${PYTHONPATH:-}]" >>"$CALLS"
environment() {
  mkdir -p "$1/bin"
  cp "$0" "$1/bin/python"
  printf '#!/bin/sh\\nprintf "%%s|" "$PWD" "$VIRTUAL_ENV" "${PYTHONPATH:-}" "$@"; exit 7\\n' >"$1/bin/show"
  chmod_x "$1/bin/show"
}
chmod_x() { cp "$0" "$1.x" && cat "$1" >"$1.x" && mv "$1.x" "$1"; }
case "$*" in
  -E*) [ -z "${FAKE_OLD:-}" ] || { echo "$FAKE_OLD"; exit 11; }; echo "$0" ;;
  "-m venv "*) [ -z "${NO_VENV:-}" ] || { echo "No module named ensurepip"; exit 1; }; environment "$3" ;;
  "-m virtualenv "*) [ -z "${NO_VIRTUALENV:-}" ] || exit 1; environment "$3" ;;
  "-m pip --version") echo "pip ${FAKE_PIP:-26.3} from somewhere" ;;
  "-m pip install --target "*) exit "${NO_PIP:-0}" ;;
  "-m pip install --no-compile "*)
    sleep "${SLOW:-0}"
    [ -z "${REFUSE:-}" ] || { echo "$REFUSE"; exit 1; } ;;
esac
"""

FAKE_UV = """\
#!/bin/sh
echo "uv $*" >>"$CALLS"
[ -z "${NO_UV:-}" ] || { echo "uv: not today"; exit 2; }
if [ "$1" = venv ]; then
  python3 -m venv "$4"
fi
"""


@dataclass
class Project:
    """A folder with the script, a small pyproject.toml, and a PATH of its own."""

    root: Path
    path: Path

    @property
    def boot(self) -> Path:
        return self.root / ".boot"

    @property
    def calls_file(self) -> Path:
        return self.path.parent / "calls"

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text(encoding="utf-8").splitlines() if self.calls_file.exists() else []

    def forget_calls(self) -> None:
        self.calls_file.unlink(missing_ok=True)

    def installs(self) -> list[str]:
        """The calls that installed the project into a new environment."""
        return [call for call in self.calls if "--editable" in call]

    def program(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")
        (self.path / name).chmod(0o755)

    def start(self, *args: str, cwd: Path | None = None, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.root / "bootstrap"), *args],
            cwd=cwd or self.root,
            env={"PATH": str(self.path), "CALLS": str(self.calls_file), **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *args: str, cwd: Path | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*args, cwd=cwd, **settings)
        out, err = process.communicate(timeout=30)
        return subprocess.CompletedProcess(args, process.returncode, out, err)

    def environments(self) -> list[str]:
        return sorted(folder.name for folder in self.boot.iterdir() if folder.is_dir())

    def wait_for_build(self) -> None:
        """Until a build that was started has come to the installing."""
        end = time.monotonic() + 10
        while not self.installs():
            assert time.monotonic() < end, "the build did not start"
            time.sleep(0.02)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root, path = tmp_path / "a project", tmp_path / "bin"
    root.mkdir()
    path.mkdir()
    shutil.copy(BOOTSTRAP, root)
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, f"this test needs {tool}"
        (path / tool).symlink_to(found)
    made = Project(root, path)
    made.program("python3", FAKE_PYTHON)
    return made


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# --- the script itself


@pytest.mark.parametrize("shell", [s for s in ("sh", "dash", "bash", "ksh", "zsh") if shutil.which(s)])
def test_every_shell_here_can_parse_it(shell: str) -> None:
    done = subprocess.run([shell, "-n", BOOTSTRAP], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("script", ["bootstrap", ".ci/run"])
def test_scripts_can_be_started(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert b"\r" not in (ROOT / script).read_bytes()


def test_without_a_command_it_says_how_to_use_it(project: Project) -> None:
    bare, asked, wrong = project.run(), project.run("--help"), project.run("--version")
    assert (bare.returncode, asked.returncode, wrong.returncode) == (2, 0, 2)
    assert bare.stderr == asked.stdout
    assert "./bootstrap pytest" in asked.stdout
    assert "there is no option '--version'" in wrong.stderr
    assert not project.boot.exists()


# --- the first call and the next


def test_the_first_call_makes_the_environment_and_runs_the_command_in_it(project: Project) -> None:
    done = project.run("show", "one two", "", "*", "--flag")
    environment = project.boot / project.environments()[0] / "env"
    assert done.stdout == f"{project.root}|{environment}||one two||*|--flag|"
    assert done.returncode == 7, "the command's own exit status"
    assert project.installs() == [
        "inside -m pip install --no-compile --editable . --group test --group lint []",
    ]
    assert project.environments() == [environment.parent.name]
    assert sorted(p.name for p in environment.parent.iterdir()) == ["env"], "no log, no leftovers"


def test_the_next_call_starts_no_python_and_writes_nothing(project: Project) -> None:
    project.run("show")
    project.forget_calls()
    (project.path / "python3").unlink()
    before = {p: p.lstat().st_mtime_ns for p in [project.root, *project.root.rglob("*")]}
    done = project.run("show")
    assert (done.returncode, done.stderr) == (7, "")
    assert project.calls == []
    assert {p: p.lstat().st_mtime_ns for p in [project.root, *project.root.rglob("*")]} == before


def test_the_next_call_costs_little(project: Project) -> None:
    project.run("show")
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        project.run("show")
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.1


def test_the_command_runs_where_the_caller_stands(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert project.run("show", cwd=elsewhere).stdout.startswith(f"{elsewhere}|")
    assert project.run("show", cwd=elsewhere).stdout.startswith(f"{elsewhere}|")
    assert len(project.installs()) == 1


def test_an_unknown_command_is_named(project: Project) -> None:
    done = project.run("shwo")
    assert done.returncode == 127
    assert "there is no command 'shwo'" in done.stderr


def test_a_link_to_the_script_is_refused_with_the_reason(project: Project, tmp_path: Path) -> None:
    (tmp_path / "bootstrap").symlink_to(project.root / "bootstrap")
    done = Project(tmp_path, project.path).run("show")
    assert done.returncode == 69
    assert "no pyproject.toml beside this script" in done.stderr


# --- when the environment no longer fits


def test_a_changed_dependency_makes_a_new_environment_beside_the_old(project: Project) -> None:
    project.run("show")
    first = project.environments()
    edit(project.root / "pyproject.toml", "alpha>=1", "alpha>=2")
    assert project.run("show").returncode == 7
    assert len(project.installs()) == 2
    assert set(first) < set(project.environments()), "a command may still run in the old one"
    edit(project.root / "pyproject.toml", "alpha>=2", "alpha>=3")
    project.run("show")
    assert len(project.environments()) == 2, "the oldest is cleared away"
    assert not set(first) & set(project.environments())


def test_a_changed_lint_rule_does_not(project: Project) -> None:
    project.run("show")
    edit(project.root / "pyproject.toml", "line-length = 110", "line-length = 100")
    project.run("show")
    assert len(project.installs()) == 1


def test_a_project_that_was_moved_gets_a_new_environment(project: Project, tmp_path: Path) -> None:
    project.run("show")
    moved = Project(project.root.rename(tmp_path / "moved"), project.path)
    done = moved.run("show")
    assert done.stdout.startswith(f"{moved.root}|{moved.boot}/")
    assert len(moved.installs()) == 2


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project) -> None:
    project.run("show")
    inside = project.boot / project.environments()[0] / "env/bin/python"
    inside.unlink()
    inside.symlink_to(project.path / "python3.1")
    assert project.run("show").returncode == 7
    assert len(project.installs()) == 2


# --- extras


def test_extras_are_installed_and_stay(project: Project) -> None:
    project.run("show", SAFETHIRD_EXTRAS="prove")
    project.run("show")
    project.run("show", SAFETHIRD_EXTRAS="prove")
    assert len(project.installs()) == 1
    project.run("show", SAFETHIRD_EXTRAS="duckdb")
    edit(project.root / "pyproject.toml", "alpha>=1", "alpha>=2")
    project.run("show")
    wanted = [call.split("--editable ")[1].split(" ")[0] for call in project.installs()]
    assert wanted == [".[prove]", ".[duckdb,prove]", ".[duckdb,prove]"]


def test_extras_may_be_parted_by_commas_or_spaces(project: Project) -> None:
    project.run("show", SAFETHIRD_EXTRAS="prove, duckdb")
    assert "--editable .[prove,duckdb] " in project.installs()[0]


def test_an_extra_that_left_the_project_is_forgotten(project: Project) -> None:
    project.run("show", SAFETHIRD_EXTRAS="prove")
    edit(project.root / "pyproject.toml", 'prove = ["z3-solver"]\n', "")
    assert project.run("show").returncode == 7
    assert "--editable . " in project.installs()[1]


@pytest.mark.parametrize("asked", ["duckbd", "duckdb,duckbd", "*", "a;b"])
def test_an_unknown_extra_is_refused(project: Project, asked: str) -> None:
    done = project.run("show", SAFETHIRD_EXTRAS=asked)
    assert done.returncode == 2
    assert "Mend: " in done.stderr
    assert project.installs() == []


def test_it_knows_the_extras_of_this_project(project: Project) -> None:
    shutil.copy(ROOT / "pyproject.toml", project.root)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    done = project.run("show", SAFETHIRD_EXTRAS="nonesuch")
    assert done.stderr.split("takes any of: ")[1].split() == list(extras)


# --- which Python, which tool


def test_the_newest_python_that_works_is_taken(project: Project) -> None:
    project.program("python3.13", "#!/bin/sh\necho 'not switched on here' >&2; exit 127\n")
    project.program("python3.12", FAKE_PYTHON)
    project.run("show")
    assert any(call.startswith("python3.12 -m venv") for call in project.calls)
    assert not any(call.startswith("python3 -m venv") for call in project.calls)


def test_no_python_is_new_enough(project: Project) -> None:
    done = project.run("show", FAKE_OLD="3.9")
    assert done.returncode == 69
    assert "no Python 3.11 or newer was found" in done.stderr
    assert "python3 is 3.9" in done.stderr
    assert not (project.boot / "stamp").exists()
    assert project.environments() == []


def test_there_is_no_python_at_all(project: Project) -> None:
    (project.path / "python3").unlink()
    done = project.run("show")
    assert done.returncode == 69
    assert "there is no command python3 or python on the PATH" in done.stderr


def test_a_python_of_ones_own_is_used_and_remembered(project: Project) -> None:
    project.program("my python", FAKE_PYTHON)
    mine = str(project.path / "my python")
    project.run("show", SAFETHIRD_PYTHON=mine)
    project.run("show")
    assert len(project.installs()) == 1
    edit(project.root / "pyproject.toml", "alpha>=1", "alpha>=2")
    project.run("show")
    assert sum(call.startswith("my python -m venv") for call in project.calls) == 2
    project.run("show", SAFETHIRD_PYTHON=str(project.path / "python3"))
    assert project.calls[-1].startswith("inside")
    assert sum(call.startswith("python3 -m venv") for call in project.calls) == 1


def test_a_python_of_ones_own_that_went_away_is_forgotten(project: Project) -> None:
    project.program("mine", FAKE_PYTHON)
    mine = str(project.path / "mine")
    project.run("show", SAFETHIRD_PYTHON=mine)
    (project.path / "mine").unlink()
    edit(project.root / "pyproject.toml", "alpha>=1", "alpha>=2")
    assert project.run("show").returncode == 7
    assert any(call.startswith("python3 -m venv") for call in project.calls)
    assert "mine does not start" in project.run("show", SAFETHIRD_PYTHON=mine).stderr


def test_a_python_of_ones_own_that_will_not_do(project: Project) -> None:
    done = project.run("show", SAFETHIRD_PYTHON="/nowhere/python")
    assert done.returncode == 69
    assert "/nowhere/python does not start" in done.stderr


def test_uv_is_used_where_it_is(project: Project) -> None:
    project.program("uv", FAKE_UV)
    assert project.run("show").returncode == 7
    uv = [call for call in project.calls if call.startswith("uv ")]
    assert uv[0].startswith(f"uv venv --python {project.path}/python3 ")
    assert uv[1].endswith("--editable . --group test --group lint")
    assert not any("-m pip" in call for call in project.calls)


def test_uv_is_asked_for_a_python_where_there_is_none(project: Project) -> None:
    project.program("uv", FAKE_UV)
    done = project.run("show", FAKE_OLD="3.9", NO_UV="1")
    assert "uv venv --python >=3.11 " in project.calls[0]
    assert done.returncode == 69
    assert "uv: not today" in done.stderr


def test_where_uv_fails_pip_is_tried(project: Project) -> None:
    project.program("uv", FAKE_UV)
    assert project.run("show", NO_UV="1").returncode == 7
    assert project.installs()[-1].startswith("inside -m pip install")


def test_where_venv_is_only_half_there_virtualenv_is_brought(project: Project) -> None:
    assert project.run("show", NO_VENV="1").returncode == 7
    brought = next(call for call in project.calls if "--target" in call)
    used = next(call for call in project.calls if "-m virtualenv" in call)
    tool = brought.split("--target ")[1].split(" virtualenv")[0]
    assert tool.startswith(str(project.boot))
    assert used.endswith(f"[{tool}]"), "found by PYTHONPATH"


def test_where_there_is_neither_venv_nor_pip_it_says_what_to_install(project: Project) -> None:
    done = project.run("show", NO_VENV="1", NO_PIP="1", NO_VIRTUALENV="1")
    assert done.returncode == 69
    assert "No module named ensurepip" in done.stderr
    assert "apt install python3-venv" in done.stderr


@pytest.mark.parametrize(
    ("version", "old"),
    [("9.0.3", True), ("23.0.1", True), ("24.3.1", True), ("25.0.1", True), ("25.1", False), ("26.3", False)],
)
def test_a_pip_that_knows_no_groups_is_renewed_first(project: Project, version: str, old: bool) -> None:
    project.run("show", FAKE_PIP=version)
    assert any("install --upgrade pip" in call for call in project.calls) is old


def test_settings_that_would_send_packages_elsewhere_are_put_aside_for_the_build_only(
    project: Project,
) -> None:
    done = project.run("show", PIP_TARGET="/elsewhere", PYTHONPATH="/mine")
    assert project.installs()[0].endswith("[]")
    assert done.stdout.split("|")[2] == "/mine"


# --- when it goes wrong


@pytest.mark.parametrize(
    ("log", "why"),
    [
        ("Temporary failure in name resolution", "the package index could not be reached"),
        ("error sending request for url", "the package index could not be reached"),
        ("[Errno 28] No space left on device", "the disk is full"),
        (
            "SSLError: CERTIFICATE_VERIFY_FAILED",
            "the package index showed a certificate that this machine does not trust",
        ),
        ("[Errno 13] Permission denied: 'x'", "something may not be written"),
        ("ERROR: alpha wants beta", "see the lines above"),
    ],
)
def test_a_failed_build_says_what_why_and_how_to_mend(project: Project, log: str, why: str) -> None:
    done = project.run("show", REFUSE=log)
    assert done.returncode == 69
    assert done.stdout == ""
    assert f"  | {log}" in done.stderr
    assert "could not install what the project needs" in done.stderr
    assert f"Why:  {why}" in done.stderr
    assert "Mend: " in done.stderr
    assert log in (project.boot / "failed.log").read_text(encoding="utf-8")
    assert project.environments() == [], "neither lock nor half an environment is left"
    assert project.run("show").returncode == 7, "the next call starts afresh"


def test_a_failed_renewal_leaves_the_last_environment_alone(project: Project) -> None:
    project.run("show")
    before = project.environments()
    edit(project.root / "pyproject.toml", "alpha>=1", "alpha>=2")
    assert project.run("show", REFUSE="no").returncode == 69
    edit(project.root / "pyproject.toml", "alpha>=2", "alpha>=1")
    project.forget_calls()
    assert project.run("show").returncode == 7
    assert project.calls == []
    assert project.environments() == before


def test_an_interrupted_first_call_leaves_nothing_behind(project: Project) -> None:
    process = project.start("show", SLOW="20")
    project.wait_for_build()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode in (130, -signal.SIGINT)
    assert project.environments() == []
    assert project.run("show").returncode == 7


def test_a_first_call_that_was_killed_is_taken_over(project: Project) -> None:
    process = project.start("show", SLOW="20")
    project.wait_for_build()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert "lock" in project.environments()
    done = project.run("show")
    assert done.returncode == 7
    assert "stopped half-way; starting again" in done.stderr
    assert len(project.environments()) == 1


def test_two_first_calls_at_once_make_one_environment(project: Project) -> None:
    first = project.start("show", SLOW="1")
    project.wait_for_build()
    second = project.start("show", "again")
    outputs = [first.communicate(timeout=20), second.communicate(timeout=20)]
    assert (first.returncode, second.returncode) == (7, 7)
    assert len(project.installs()) == 1
    assert "waiting for it" in outputs[1][1]
    assert outputs[1][0].endswith("|again|")
    assert len(project.environments()) == 1


def test_a_build_that_takes_for_ever_is_not_waited_for_for_ever(project: Project) -> None:
    first = project.start("show", SLOW="1")
    project.wait_for_build()
    second = project.run("show", SAFETHIRD_BOOT_WAIT="0")
    assert "going on without it" in second.stderr
    assert second.returncode == 7
    first.communicate(timeout=20)
    assert first.returncode == 7, "the slow one is not disturbed"
    assert project.run("show").returncode == 7
    assert len(project.installs()) == 2
