"""Every check of nagios-plugins-rabbitmq: OK on a healthy broker, WARNING and CRITICAL where a threshold is crossed, and
CRITICAL or UNKNOWN, never OK, where the broker refuses."""

from management import HOST, PORT, api, run, traffic, vhost
from steps import equal, finish, named, step, until

OK, WARNING, CRITICAL, UNKNOWN = range(4)
# The plug-ins write rabbit@ in front of this part of the node's name.
NODE = ["-n", api("GET", "overview")["node"].split("@")[1]]


def check(name, *arguments, login=("guest", "guest")):
    # Their proxy is the environment's; the broker is on this machine.
    done = run(
        [f"check_rabbitmq_{name}", "-H", HOST, "--port", PORT, "-u", login[0], "-p", login[1], *arguments],
        env={"no_proxy": HOST, "NO_PROXY": HOST},
    )
    return done.returncode, done.stdout.strip() or done.stderr.strip()


def expect(status, name, *arguments, said="", login=("guest", "guest")):
    code, text = check(name, *arguments, login=login)
    assert code == status and said in text, f"{name} {' '.join(arguments)}: {code}, expected {status}: {text}"


@step("aliveness")
def _():
    expect(OK, "aliveness", said="vhost: /")
    with vhost(named("aliveness/+ü#")) as on:
        expect(OK, "aliveness", "--vhost", on)
    expect(UNKNOWN, "aliveness", "--vhost", named("nowhere"), said="Not found")
    expect(UNKNOWN, "aliveness", login=("guest", "wrong"), said="Access refused")


@step("server")
def _():
    # The check takes a number of 0 for a missing one: a connection for the sockets.
    with vhost(named("server")) as on, traffic(on):
        until(lambda: "OK" in check("server", *NODE)[1], "the sockets", 15)
        expect(OK, "server", *NODE, said="Memory OK")
        # "100:" is crossed by what is below.
        for place, label in enumerate(["Memory", "Process", "FD", "Sockets"]):
            low, high = [["100"] * place + [value] + ["100"] * (3 - place) for value in ("100:", "100")]
            expect(WARNING, "server", *NODE, "-w", ",".join(low), "-c", ",".join(high), said=f"{label} WARNING")
            expect(CRITICAL, "server", *NODE, "-w", ",".join(low), "-c", ",".join(low), said=f"{label} CRITICAL")


@step("watermark")
def _():
    expect(OK, "watermark", *NODE, said="mem_alarm disk_free_alarm")


@step("partition")
def _():
    expect(OK, "partition", *NODE, said="No Partitions")


@step("connections")
def _():
    with vhost(named("connections")) as on, traffic(on):
        until(lambda: len(api("GET", "connections")) >= 3, "connections", 15)
        expect(OK, "connections", said="connections OK")
        expect(OK, "connections", "--clientuser", named("nobody"), said="connections OK (0)")
        expect(WARNING, "connections", "-w", "2", "-c", "1000", said="connections WARNING")
        expect(CRITICAL, "connections", "-w", "1", "-c", "2", said="connections CRITICAL")


@step("objects")
def _():
    with vhost(named("objects")) as on, traffic(on):
        until(lambda: api("GET", "channels"), "channels", 15)
        code, text = check("objects")
        equal(code, OK, text)
        for name in ["vhosts", "exchanges", "queues"]:
            # It prints the index of the last one.
            last = len(api("GET", name)) - 1
            assert f"{name[:-1]}={last};" in text, f"{name}: {last} in {text}"


@step("overview")
def _():
    expect(OK, "overview", said="messages OK")
    with vhost(named("overview")) as on:
        api("PUT", "queues", on, "q", body={})
        message = {"properties": {}, "routing_key": "q", "payload": "x", "payload_encoding": "string"}
        for _ in range(3):
            equal(api("POST", "exchanges", on, "amq.default", "publish", body=message), {"routed": True})
        until(lambda: api("GET", "overview")["queue_totals"].get("messages", 0) >= 3, "the messages", 15)
        expect(OK, "overview", "-w", "1000,1000,1000", "-c", "1000,1000,1000")
        expect(WARNING, "overview", "-w", "2,1000,1000", "-c", "1000,1000,1000", said="messages WARNING")
        expect(CRITICAL, "overview", "-w", "1,1,1000", "-c", "1000,2,1000", said="messages_ready CRITICAL")


@step("queue")
def _():
    with vhost(named("queue +/#")) as on:
        for name in ["q", "with space+ü"]:
            api("PUT", "queues", on, name, body={})
            message = {"properties": {}, "routing_key": name, "payload": "x", "payload_encoding": "string"}
            for _ in range(3):
                equal(api("POST", "exchanges", on, "amq.default", "publish", body=message), {"routed": True})
            until(lambda: api("GET", "queues", on, name).get("messages", 0) == 3, "the messages", 15)
            here = ["--vhost", on, "--queue", name]
            expect(OK, "queue", *here, "-w", "5,5,5,5", "-c", "9,9,9,9", said="messages OK (3)")
            expect(WARNING, "queue", *here, "-w", "2,5,5,5", "-c", "9,9,9,9", said="messages WARNING (3)")
            expect(CRITICAL, "queue", *here, "-w", "5,1,5,5", "-c", "9,2,9,9", said="messages_ready CRITICAL (3)")
            expect(CRITICAL, "queue", *here, "-w", "9,9,9,1:", "-c", "9,9,9,1:", said="consumers CRITICAL (0)")
        code, text = check("queue", "--vhost", on, "--queue", "none")
        assert code in (CRITICAL, UNKNOWN) and "not found" in text.lower(), (code, text)


@step("shovels")
def _():
    # None is declared: the check calls that an error, as with a RabbitMQ.
    expect(CRITICAL, "shovels", said="API error: empty JSON")


finish()
