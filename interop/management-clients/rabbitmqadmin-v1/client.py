"""Every command of rabbitmqadmin 3.10, as its users type them."""

import contextlib
import io
import json
import os
import sys
import tempfile

from management import HOST, PORT, api, connections_in, is_there, traffic, vhost
from steps import equal, finish, named, step, until

TOOL = ["-H", HOST, "-P", PORT, "-u", "guest", "-p", "guest"]
with open(sys.argv[1], encoding="utf-8") as script:
    PROGRAM = compile(script.read(), sys.argv[1], "exec")
WORK = tempfile.TemporaryDirectory(prefix="warrenmq-rabbitmqadmin-")
LISTABLE = [
    *("connections", "channels", "consumers", "exchanges", "queues", "bindings", "users", "vhosts", "permissions"),
    *("nodes", "parameters", "policies", "operator_policies", "vhost_limits"),
]
PRODUCT = api("GET", "overview")["product_name"].lower()
# In names of queues and exchanges; every one must come back as it was typed.
ODD_NAMES = ["/", "%2F", "with two  spaces", "a+b", "grün", "#?&=", "~", "100%", "a;b,c", '"quoted" \\ back', "日本"]


def run(arguments, stdin=""):
    """Exit code, stdout and stderr of one call of the tool. It runs in this process, as the start of Python takes longer
    than most of its calls, with globals of its own."""
    out, err, before = io.StringIO(), io.StringIO(), (sys.argv, sys.stdin)
    sys.argv, sys.stdin, code = [PROGRAM.co_filename, *arguments], io.StringIO(stdin), 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            exec(PROGRAM, {"__name__": "__main__"})
    except SystemExit as exit_:
        code = exit_.code or 0
    finally:
        sys.argv, sys.stdin = before
    return code, out.getvalue(), err.getvalue()


def succeeded(arguments, stdin=""):
    code, out, err = run(arguments, stdin)
    assert code == 0, f"{' '.join(arguments[8:])}: exit code {code}: {err.strip()}"
    return out


def admin(*arguments, on="/", stdin=""):
    return succeeded([*TOOL, "-V", on, *arguments], stdin)


def everywhere(*arguments):
    return succeeded([*TOOL, *arguments])


def refused(*arguments, on="/"):
    code, _, err = run([*TOOL, "-V", on, *arguments])
    equal(code, 1, f"exit code of {arguments}")
    return err.strip()


def listed(what, *arguments, on="/"):
    return json.loads(admin("-f", "raw_json", "list", what, *arguments, on=on))


def is_true(text, what):
    assert text, what


def fill(on):
    """One object at least for everything that can be listed."""
    admin("declare", "queue", "name=plain", on=on)
    admin("declare", "exchange", "name=plain", "type=topic", on=on)
    admin("declare", "binding", "source=plain", "destination=plain", "routing_key=a.#", on=on)
    admin("declare", "policy", "name=plain", "pattern=^p", 'definition={"max-length":100}', on=on)
    admin("declare", "operator_policy", "name=plain", "pattern=^p", 'definition={"max-length":50}', on=on)
    admin("declare", "vhost_limit", f"vhost={on}", "name=max-queues", "value=100")


with vhost(named("world")) as world, traffic(world):
    fill(world)

    @step("list")
    def _():
        for what in LISTABLE:
            # The tool has no cell for null: where a column has one, it ends with a traceback.
            column = {"consumers": "queue.vhost", "vhosts": "name"}.get(what, "vhost")
            if what not in ("users", "nodes"):
                until(lambda: world in everywhere("list", what, column), f"list {what} {column}")
            everywhere("list", what)
            admin("list", what, on=world)
        queues = admin("list", "queues", "name", "messages", on=world).splitlines()
        is_true(any(line.split()[1:4:2] == ["plain", "0"] for line in queues if line.count("|") == 3), queues)

    @step("formats")
    def _():
        for form in ["tsv", "long", "kvp", "bash", "table", "raw_json", "pretty_json"]:
            for what in LISTABLE:
                columns = ["name", "vhost"] if form in ("tsv", "bash") else []
                everywhere("-f", form, "list", what, *columns)
        equal(admin("-q", "-f", "tsv", "list", "exchanges", "name", "type", on=world).splitlines()[-1], "plain\ttopic")
        equal(admin("-f", "bash", "list", "queues", "name", on=world).split()[-1], "plain")
        found = [line for line in everywhere("-f", "kvp", "list", "vhosts", "name").splitlines() if world in line]
        equal(found, [f'name="{world}"'])

    @step("columns")
    def _():
        def rows():
            return listed("queues", "name", "message_stats.publish", "arguments", on=world)

        until(lambda: [row for row in rows() if "publish" in row.get("message_stats", [])], "a queue with messages")
        plain = [row for row in rows() if row["name"] == "plain"][0]
        equal((plain["arguments"], set(plain) - {"message_stats"}), ({}, {"name", "arguments"}))
        equal([entry["name"] for entry in listed("queues", on=world)][-1], "plain")
        names = [
            json.loads(admin("-f", "raw_json", *sort, "list", "queues", "name", on=world))
            for sort in (["-S", "name"], ["-S", "name", "-R"])
        ]
        equal(
            [[entry["name"] for entry in order] for order in names][0], [entry["name"] for entry in reversed(names[1])]
        )
        deep = everywhere("-d", "2", "-f", "long", "list", "nodes", "name", "mem_used", "context_switches_details.rate")
        is_true("context_switches_details.rate" in deep, deep)

    @step("show")
    def _():
        is_true("rabbitmq_version" in everywhere("show", "overview"), "the version")
        for form in ["tsv", "long", "kvp", "raw_json", "pretty_json"]:
            is_true("rabbitmq_version" in everywhere("-f", form, "show", "overview"), form)
        overview = json.loads(everywhere("-f", "raw_json", "show", "overview"))[0]
        is_true(overview["object_totals"]["queues"] >= 1, overview["object_totals"])
        is_true(
            "queue_totals.messages" in everywhere("-f", "long", "-d", "3", "show", "overview", "queue_totals.messages"),
            "deep",
        )

    @step("help")
    def _():
        is_true("declare queue name=..." in everywhere("help", "subcommands"), "subcommands")
        is_true("host_normal" in everywhere("help", "config"), "config")
        equal(everywhere("--version").split()[0], "rabbitmqadmin")


@step("declare-delete")
def _():
    with vhost(named("declare")) as on:
        other, user = named("made"), named("user")
        everywhere("declare", "vhost", f"name={other}", "tracing=true")
        equal(api("GET", "vhosts", other)["tracing"], True)
        everywhere("declare", "vhost", f"name={other}", "tracing=false")
        equal(api("GET", "vhosts", other)["tracing"], False)
        everywhere("declare", "user", f"name={user}", "password=secret", "tags=monitoring,management")
        equal(sorted(api("GET", "users", user)["tags"]), ["management", "monitoring"])
        admin("declare", "permission", f"vhost={on}", f"user={user}", "configure=^a", "write=.*", "read=")
        equal(api("GET", "permissions", on, user)["configure"], "^a")
        succeeded([*TOOL[:-4], "-u", user, "-p", "secret", "-V", on, "list", "queues"])
        digest = api("GET", "users", user)
        everywhere(
            "declare",
            "user",
            f"name={user}",
            f"password_hash={digest['password_hash']}",
            f"hashing_algorithm={digest['hashing_algorithm']}",
            "tags=administrator",
        )
        succeeded([*TOOL[:-4], "-u", user, "-p", "secret", "list", "users"])

        for type_ in ["direct", "fanout", "headers", "topic"]:
            admin(
                "declare",
                "exchange",
                f"name=x.{type_}",
                f"type={type_}",
                "internal=true",
                "auto_delete=false",
                "durable=false",
                'arguments={"alternate-exchange":"x.alternate"}',
                on=on,
            )
            equal(api("GET", "exchanges", on, f"x.{type_}")["arguments"], {"alternate-exchange": "x.alternate"})
        for type_ in ["classic", "quorum"]:
            admin(
                "declare",
                "queue",
                f"name=q.{type_}",
                f"queue_type={type_}",
                'arguments={"x-max-length-bytes":1000000}',
                on=on,
            )
            equal(
                api("GET", "queues", on, f"q.{type_}")["arguments"],
                {"x-max-length-bytes": 1000000, "x-queue-type": type_},
            )
        admin("declare", "queue", "name=q.transient", "durable=false", "auto_delete=true", on=on)
        equal(api("GET", "queues", on, "q.transient")["durable"], False)
        node = api("GET", "overview")["node"]
        admin("declare", "queue", "name=q.node", f"node={node}", on=on)

        admin("declare", "binding", "source=x.topic", "destination=q.classic", "routing_key=a.b", on=on)
        admin(
            "declare",
            "binding",
            "source=x.headers",
            "destination=q.classic",
            'arguments={"x-match":"all","n":1}',
            on=on,
        )
        admin("declare", "binding", "source=x.topic", "destination=x.fanout", "destination_type=exchange", on=on)
        keys = [entry["properties_key"] for entry in listed("bindings", on=on) if entry["source"]]
        equal(len(keys), 3, "bindings")
        for entry in [entry for entry in listed("bindings", on=on) if entry["source"]]:
            admin(
                "delete",
                "binding",
                f"source={entry['source']}",
                f"destination_type={entry['destination_type']}",
                f"destination={entry['destination']}",
                f"properties_key={entry['properties_key']}",
                on=on,
            )
        equal([entry for entry in listed("bindings", on=on) if entry["source"]], [])

        admin(
            "declare",
            "policy",
            "name=p",
            "pattern=^q",
            'definition={"expires":100000}',
            "priority=7",
            "apply-to=queues",
            on=on,
        )
        made = api("GET", "policies", on, "p")
        equal((made["priority"], made["apply-to"], made["definition"]), (7, "queues", {"expires": 100000}))
        admin(
            "declare",
            "operator_policy",
            "name=o",
            "pattern=^q",
            'definition={"max-length":9}',
            "priority=1",
            "apply-to=queues",
            on=on,
        )
        until(lambda: api("GET", "queues", on, "q.classic").get("operator_policy") == "o", "the operator policy")
        everywhere("declare", "vhost_limit", f"vhost={on}", "name=max-connections", "value=5")
        equal(api("GET", "vhost-limits", on)[0]["value"], {"max-connections": 5})

        deletions = [
            *(
                [
                    ["policy", "name=p"],
                    ["operator_policy", "name=o"],
                    ["vhost_limit", f"vhost={on}", "name=max-connections"],
                ]
            ),
            *([["exchange", f"name=x.{type_}"] for type_ in ["direct", "fanout", "headers", "topic"]]),
            *([["queue", f"name=q.{type_}"] for type_ in ["classic", "quorum", "transient", "node"]]),
            *([["permission", f"vhost={on}", f"user={user}"], ["user", f"name={user}"], ["vhost", f"name={other}"]]),
        ]
        for deletion in deletions:
            admin("delete", *deletion, on=on)
        equal([exchange["name"] for exchange in api("GET", "exchanges", on) if exchange["name"].startswith("x.")], [])
        for gone in [("queues", on), ("policies", on), ("operator-policies", on), ("vhost-limits", on)]:
            equal(api("GET", *gone), [])
        equal([is_there("users", user), is_there("vhosts", other), is_there("permissions", on, user)], [False] * 3)


@step("parameter")
def _():
    with vhost(named("parameter")) as on:
        # The component must be known to the broker: vhost limits are parameters, too.
        admin("declare", "parameter", "component=vhost-limits", "name=limits", 'value={"max-queues":3}', on=on)
        equal([entry["value"] for entry in listed("parameters") if entry["vhost"] == on], [{"max-queues": 3}])
        admin("delete", "parameter", "component=vhost-limits", "name=limits", on=on)
        equal([entry for entry in listed("parameters") if entry["vhost"] == on], [])
        is_true(
            "component nowhere not found"
            in refused("declare", "parameter", "component=nowhere", "name=n", "value={}", on=on),
            "unknown component",
        )


@step("names")
def _():
    with vhost(named("names")) as on:
        for name in ODD_NAMES:
            admin("declare", "queue", f"name={name}", on=on)
            admin("declare", "exchange", f"name={name}", "type=direct", on=on)
            admin("declare", "binding", f"source={name}", f"destination={name}", f"routing_key={name}", on=on)
            admin("declare", "policy", f"name={name}", "pattern=^never$", 'definition={"max-length":1}', on=on)
            is_true(
                "NOT" not in admin("publish", f"exchange={name}", f"routing_key={name}", f"payload=for {name}", on=on),
                name,
            )
            got = json.loads(admin("-f", "raw_json", "get", f"queue={name}", "ackmode=ack_requeue_false", on=on))[0]
            equal((got["payload"], got["exchange"], got["routing_key"]), (f"for {name}", name, name))
            admin("purge", "queue", f"name={name}", on=on)
        equal(sorted(queue["name"] for queue in listed("queues", "name", on=on)), sorted(ODD_NAMES))
        for name in ODD_NAMES:
            found = [entry for entry in api("GET", "bindings", on, "e", name, "q", name)]
            equal([entry["routing_key"] for entry in found], [name])
            admin(
                "delete",
                "binding",
                f"source={name}",
                "destination_type=queue",
                f"destination={name}",
                f"properties_key={found[0]['properties_key']}",
                on=on,
            )
            equal(api("GET", "bindings", on, "e", name, "q", name), [], f"bindings of {name}")
            for kind in ["queue", "exchange", "policy"]:
                admin("delete", kind, f"name={name}", on=on)
        equal(api("GET", "queues", on), [])
    for name in ODD_NAMES:
        made = named(name)
        everywhere("declare", "vhost", f"name={made}")
        everywhere("declare", "user", f"name={made}", f"password={name}", "tags=")
        everywhere("declare", "permission", f"vhost={made}", f"user={made}", "configure=", "write=", "read=.*")
        everywhere("declare", "permission", f"vhost={made}", "user=guest", "configure=.*", "write=.*", "read=.*")
        admin("declare", "queue", f"name={name}", on=made)
        equal([queue["name"] for queue in api("GET", "queues", made)], [name], f"queues of the vhost {made}")
        # The tool writes a space as a plus here, which RabbitMQ 3.10 takes for a plus.
        if " " not in name or "warren" in PRODUCT:
            equal([queue["name"] for queue in listed("queues", on=made)], [name], f"queues of the vhost {made}")
        for deletion in [
            ["permission", f"vhost={made}", f"user={made}"],
            ["user", f"name={made}"],
            ["vhost", f"name={made}"],
        ]:
            everywhere("delete", *deletion)
        equal([is_there("vhosts", made), is_there("users", made)], [False, False], made)


@step("publish-get")
def _():
    with vhost(named("messages")) as on:
        admin("declare", "queue", "name=q", on=on)
        equal(admin("publish", "routing_key=q", "payload=hello", on=on).strip(), "Message published")
        equal(
            admin("publish", "routing_key=nobody", "payload=hello", on=on).strip(), "Message published but NOT routed"
        )
        admin("publish", "routing_key=q", on=on, stdin="from stdin ü\n")
        admin(
            "publish",
            "routing_key=q",
            "payload=AAEC/w==",
            "payload_encoding=base64",
            "exchange=amq.default",
            'properties={"delivery_mode":2,"content_type":"x/y","headers":{"n":1,"list":["a",true]},"priority":3}',
            on=on,
        )
        got = json.loads(admin("-f", "raw_json", "get", "queue=q", "count=10", on=on))
        equal([message["payload"] for message in got], ["hello", "from stdin ü\n", "AAEC/w=="])
        equal([message["message_count"] for message in got], [2, 1, 0])
        equal(
            got[2]["properties"],
            {"delivery_mode": 2, "content_type": "x/y", "headers": {"n": 1, "list": ["a", True]}, "priority": 3},
        )
        for mode, left in [
            ("ack_requeue_true", 3),
            ("reject_requeue_true", 3),
            ("ack_requeue_false", 2),
            ("reject_requeue_false", 1),
        ]:
            is_true("|" in admin("get", "queue=q", f"ackmode={mode}", "encoding=base64", on=on), "a table")
            until(lambda: api("GET", "queues", on, "q").get("messages") == left, f"{left} messages after {mode}")
        admin("publish", "routing_key=q", "payload=into a file", on=on)
        admin("get", "queue=q", "ackmode=ack_requeue_false", on=on)
        file = os.path.join(WORK.name, "payload")
        is_true(
            "payload_bytes" in admin("get", "queue=q", "ackmode=ack_requeue_false", f"payload_file={file}", on=on),
            "columns",
        )
        with open(file, encoding="utf-8") as opened:
            equal(opened.read(), "into a file")
        equal(admin("get", "queue=q", on=on).strip(), "No items")
        for _ in range(3):
            admin("publish", "routing_key=q", "payload=x", on=on)
        admin("purge", "queue", "name=q", on=on)
        until(lambda: api("GET", "queues", on, "q").get("messages") == 0, "the purge")


@step("close")
def _():
    with vhost(named("close")) as on, traffic(on, must_survive=False):
        until(lambda: connections_in(on), "connections", 15)
        closed = connections_in(on)[0]
        everywhere("close", "connection", f"name={closed}")
        until(lambda: closed not in connections_in(on), "the connection to be gone", 15)


@step("definitions")
def _():
    with vhost(named("definitions")) as on:
        fill(on)
        admin(
            "declare",
            "queue",
            "name=q",
            'arguments={"x-max-priority":5,"x-message-ttl":60000,"x-dead-letter-exchange":""}',
            on=on,
        )
        admin("declare", "binding", "source=amq.headers", "destination=q", 'arguments={"x-match":"any","a":"b"}', on=on)
        files = [os.path.join(WORK.name, f"{n}.json") for n in range(4)]

        def exported(file, *arguments):
            succeeded([*TOOL, *arguments, "export", file])
            with open(file, encoding="utf-8") as opened:
                return {
                    key: (
                        sorted(value, key=lambda entry: json.dumps(entry, sort_keys=True))
                        if isinstance(value, list)
                        else value
                    )
                    for key, value in json.load(opened).items()
                }

        before = exported(files[0], "-V", on)
        is_true(before["queues"] and before["bindings"] and before["policies"], before)
        everywhere("delete", "vhost", f"name={on}")
        everywhere("declare", "vhost", f"name={on}")
        equal(exported(files[1], "-V", on)["queues"], [], "the emptied vhost")
        admin("import", files[0], on=on)
        equal(exported(files[2], "-V", on), before, "the definitions of the vhost")

        whole = exported(files[2])
        everywhere("delete", "vhost", f"name={on}")
        everywhere("import", files[2])
        equal(exported(files[3]), whole, "all definitions")


@step("errors")
def _():
    with vhost(named("errors")) as on:
        is_true(
            refused("list", "queues", on=named("nowhere")).startswith("*** Not found: /api/queues/"), "no such vhost"
        )
        is_true(
            refused("delete", "queue", "name=none", on=on).startswith("*** Not found: /api/queues/"), "no such queue"
        )
        is_true("exchange type" in (said := refused("declare", "exchange", "name=x", "type=odd", on=on)), said)
        admin("declare", "queue", "name=q", on=on)
        is_true(
            "inequivalent arg 'durable'" in refused("declare", "queue", "name=q", "durable=false", on=on),
            "not equivalent",
        )
        code, _, err = run([*TOOL[:-1], "wrong", "list", "queues"])
        equal((code, err.strip()[:32]), (1, "*** Access refused: /api/queues?"), "wrong password")


WORK.cleanup()
finish()
