"""The suite's own promises: no network for any test, and shared data that cannot go missing unnoticed."""

from __future__ import annotations

import contextlib
import errno
import shutil
import socket
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

FAR = ("192.0.2.1", 9)  # a documentation address (RFC 5737): nobody is there
FAR6 = ("2001:db8::1", 9)


def _tcp(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as sock:
        sock.connect(address)


def _tcp_quiet() -> None:
    with socket.socket() as sock:
        sock.connect_ex(FAR)


def _udp() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", FAR)


def _url_with_errors_ignored() -> None:
    with contextlib.suppress(Exception):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: _tcp(FAR),
        lambda: _tcp(FAR6),
        lambda: socket.create_connection(FAR, timeout=1),
        lambda: socket.getaddrinfo("example.org", 443),
        _tcp_quiet,
        _udp,
        _url_with_errors_ignored,
    ],
)
def test_an_attempt_to_leave_the_machine_fails_the_test(attempt: Callable[[], object]) -> None:
    with pytest.raises(pytest.fail.Exception, match="reached for the network"):
        attempt()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.8.8.8"])
def test_this_machine_may_be_reached(host: str) -> None:
    with socket.socket() as sock:
        # Port 9 is closed, and the loopback may be down: an error number is the system's answer, not ours.
        assert sock.connect_ex((host, 9)) in errno.errorcode
    assert socket.getaddrinfo(host, 9)


@pytest.fixture
def asks_for_shared(pytester: pytest.Pytester) -> Iterator[pytest.Pytester]:
    """A project of one test that asks for `shared`, with this suite's conftest, nothing beside it."""
    profile = settings.get_current_profile_name()
    tests = pytester.mkdir("project") / "tests"
    tests.mkdir()
    shutil.copy(Path(__file__).with_name("conftest.py"), tests)
    (tests / "test_one.py").write_text("def test_it(shared):\n    assert shared.is_dir()\n", encoding="utf-8")
    yield pytester
    settings.load_profile(profile)  # the copy of conftest loads one for the whole process


@pytest.mark.parametrize(
    ("in_ci", "given", "present", "outcome"),
    [
        ("", None, False, "skipped"),
        ("true", None, False, "errors"),
        ("true", None, True, "passed"),
        ("", "elsewhere", False, "skipped"),
        ("true", "elsewhere", False, "errors"),
        ("true", "elsewhere", True, "passed"),
    ],
)
def test_shared_data_are_found_or_missed_aloud(
    asks_for_shared: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    in_ci: str,
    given: str | None,
    present: bool,
    outcome: str,
) -> None:
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.delenv("SAFETHIRD_SHARED", raising=False)
    folder = asks_for_shared.path / (given or "shared")
    if given:
        monkeypatch.setenv("SAFETHIRD_SHARED", str(folder))
    if present:
        folder.mkdir()
    result = asks_for_shared.runpytest_inprocess("-rs", "--import-mode=importlib", "project/tests")
    assert result.parseoutcomes() == {outcome: 1}
    if not present:
        result.stdout.fnmatch_lines(["*this test reads cases and data from it*"])
