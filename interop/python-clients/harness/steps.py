"""The harness of the Python clients: runs named steps one after the other and prints PASS, FAIL or SKIP for each.

A failed step never ends the program: the next one opens its own channel.
"""

import os
import struct
import subprocess
import sys
import time
import traceback
import uuid

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672")
CLIENT = os.environ["INTEROP_CLIENT"]
LARGE_BODY_BYTES = 3 * 1024 * 1024 + 17

_run = uuid.uuid4().hex[:8]
_failed = []


def named(what):
    """The name of a queue or exchange that no other run uses."""
    return f"interop.{CLIENT}.{_run}.{what}"


def url_with(query):
    return f"{URL}{'&' if '?' in URL else '?'}{query}"


def passed(name):
    print(f"PASS {CLIENT}: {name}", flush=True)


def failed(name, error):
    traceback.print_exception(error)
    reason = (str(error).splitlines() or [""])[0]
    print(f"FAIL {CLIENT}: {name}: {type(error).__name__} {reason}", flush=True)
    _failed.append(name)


def step(name):
    """Runs the decorated function at once, as the step of that name."""

    def run(body):
        try:
            body()
            passed(name)
        except Exception as error:
            failed(name, error)

    return run


def can_restart(name):
    """Whether somebody told us how to restart the broker; says so when the step is skipped."""
    if "BROKER_RESTART" in os.environ:
        return True
    print(f"SKIP {CLIENT}: {name}: BROKER_RESTART is not set", flush=True)
    return False


def restart_broker():
    subprocess.run(
        ["bash", "-c", os.environ["BROKER_RESTART"]], check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr
    )


def equal(got, expected, what=""):
    assert got == expected, f"{what or 'value'}: got {got!r}, expected {expected!r}"


def until(condition, what, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"timed out: {what}"
        time.sleep(0.01)


def patterned_body(body_bytes):
    """A body in which no two aligned blocks are alike, so that a lost or swapped frame shows."""
    words = (body_bytes + 3) // 4
    return struct.pack(f">{words}I", *((n * 2_654_435_761) & 0xFFFFFFFF for n in range(words)))[:body_bytes]


def finish():
    sys.exit(1 if _failed else 0)
