"""What the programs around other people's management tools share: the API itself, other processes, and AMQP traffic."""

import base64
import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from steps import URL, equal, named

MANAGEMENT_URL = os.environ["MANAGEMENT_URL"]
PROMETHEUS_URL = os.environ["PROMETHEUS_URL"]
HOST = urllib.parse.urlsplit(MANAGEMENT_URL).hostname
PORT = str(urllib.parse.urlsplit(MANAGEMENT_URL).port)
TRAFFIC = os.path.join(os.path.dirname(__file__), "traffic.mjs")


def api(method, *path, body=None, expected=(200, 201, 204)):
    """The parsed answer to a request made without the tool: to prepare, and to see what the tool did."""
    address = f"{MANAGEMENT_URL}/api/" + "/".join(urllib.parse.quote(part, safe="") for part in path)
    request = urllib.request.Request(address, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("authorization", "Basic " + base64.b64encode(b"guest:guest").decode())
    request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status, text = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    assert status in expected, f"{method} {path}: {status} {text[:200]!r}"
    return json.loads(text) if text else None


def is_there(*path):
    return "error" not in api("GET", *path, expected=(200, 404))


def run(command, stdin="", env=None):
    """A finished process with its stdout and stderr as text."""
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})}
    )


def succeeded(command, stdin="", env=None):
    done = run(command, stdin, env)
    said = (done.stderr or done.stdout).strip()[-300:].replace("\n", " | ")
    assert done.returncode == 0, f"{' '.join(command[1:])}: exit code {done.returncode}: {said}"
    return done.stdout


def connections_in(vhost_name):
    return [connection["name"] for connection in api("GET", "connections") if connection.get("vhost") == vhost_name]


@contextlib.contextmanager
def vhost(name):
    api("PUT", "vhosts", name, body={})
    api("PUT", "permissions", name, "guest", body={"configure": ".*", "write": ".*", "read": ".*"})
    try:
        yield name
    finally:
        api("DELETE", "vhosts", name, expected=(204, 404))


@contextlib.contextmanager
def traffic(vhost_name, must_survive=True):
    """A busy broker: see traffic.mjs. Yields the prefix of the names of what it uses."""
    prefix = named("busy")
    url = f"{URL}/{urllib.parse.quote(vhost_name, safe='')}"
    process = subprocess.Popen(["node", TRAFFIC, url, prefix], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        equal(process.stdout.readline(), "ready\n", "the traffic")
        yield prefix
        assert process.poll() is None or not must_survive, f"the traffic ended by itself with {process.returncode}"
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait(20)
