"""What every test relies on: where the shared data lie, repeatable property tests, and no network."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI") == "true"

# In CI the same examples every time: a red run must mean that the change is wrong. Elsewhere new ones, to
# find more. No deadline in either, and no complaint about slow or much filtered examples: a busy machine is not
# a defect, and a test that finds too few examples says so itself. A failure prints what reproduces it.
_ALWAYS: dict[str, Any] = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
}
settings.register_profile("ci", derandomize=True, database=None, **_ALWAYS)
settings.register_profile("dev", **_ALWAYS)
settings.load_profile("ci" if IN_CI else "dev")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared design notes, cases and data: `../shared` beside the project, or SAFETHIRD_SHARED.

    A test that asks for it is skipped where the folder is missing, but fails in CI, where it must be there.
    """
    given = os.environ.get("SAFETHIRD_SHARED")
    folder = Path(given) if given else ROOT.parent / "shared"
    if not folder.is_dir():
        named = (
            "SAFETHIRD_SHARED does not name a folder"
            if given
            else "there is no folder 'shared' beside the project"
        )
        reason = f"{named}; this test reads cases and data from it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder.resolve()


@pytest.fixture(scope="session")
def needs() -> Callable[[str, str], None]:
    """`needs("SALib", "sensitivity")`: a test that needs a heavy extra is skipped where it is not installed, with the
    way to install it; in CI, where it must be there, it fails."""

    def check(module: str, extra: str) -> None:
        if importlib.util.find_spec(module) is None:
            reason = f"{module} is missing; SAFETHIRD_EXTRAS={extra} ./bootstrap pytest installs it"
            (pytest.fail if IN_CI else pytest.skip)(reason)

    return check


def _stays_here(address: object) -> bool:
    """Whether a socket address is on this machine: a Unix socket, the loopback range, or `localhost`."""
    if not isinstance(address, tuple):
        return True  # the path of a Unix socket
    host = address[0]
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False  # a name: looking it up is already talking to somebody


def _caught(what: str) -> NoReturn:
    # Not an OSError: code that shrugs off network errors would hide the attempt.
    pytest.fail(f"the code under test reached for the network: {what}. safethird works without one.")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Makes every attempt to leave this machine a failure, in every test.

    It sees Python's sockets in this process. What a native library or a child process does it cannot see.
    """
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_sendto, real_getaddrinfo = socket.socket.sendto, socket.getaddrinfo

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(sock: socket.socket, *args: Any) -> Any:
            if not _stays_here(args[-1]):
                _caught(f"{name} to {args[-1]}")
            return real(sock, *args)

        return call

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _stays_here((host,)):
            _caught(f"look-up of {host}")
        return real_getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", watched("connect", real_connect))
        patch.setattr(socket.socket, "connect_ex", watched("connect", real_connect_ex))
        patch.setattr(socket.socket, "sendto", watched("send", real_sendto))
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield
