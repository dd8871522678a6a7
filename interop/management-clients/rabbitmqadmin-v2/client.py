"""rabbitmqadmin v2 decodes strictly: one field of a wrong type fails a whole command. Every command that shows something
is run on an idle broker and on a busy one, then the ones that change something."""

import json
import os
import sys
import tempfile
import urllib.parse

from management import HOST, PORT, api, connections_in, is_there, run, succeeded, traffic, vhost
from steps import URL, equal, finish, named, step, until

TOOL = [sys.argv[1], "-H", HOST, "-P", PORT, "-u", "guest", "-p", "guest", "--non-interactive"]
NODE = api("GET", "overview")["node"]
AMQP_PORT = str(urllib.parse.urlsplit(URL).port)
OF_NODE = ["--node", NODE]
SHOWN = [
    *(["show", what] for what in ["overview", "churn", "endpoint"]),
    *([group, f"memory_breakdown_in_{unit}", *OF_NODE] for group in ["show", "nodes"] for unit in ["bytes", "percent"]),
    *(
        ["list", what]
        for what in [
            *(
                "nodes",
                "users",
                "vhosts",
                "permissions",
                "connections",
                "channels",
                "queues",
                "exchanges",
                "bindings",
                "consumers",
            ),
            *("policies", "operator_policies", "vhost_limits", "user_limits", "feature_flags"),
            *("deprecated_features", "deprecated_features_in_use"),
        ]
    ),
    ["list", "user_connections", "--username", "guest"],
    ["list", "parameters", "--component", "vhost-limits"],
    *(
        [group, "list"]
        for group in [
            *(
                "nodes",
                "users",
                "vhosts",
                "permissions",
                "connections",
                "channels",
                "queues",
                "exchanges",
                "bindings",
                "policies",
            ),
            *(
                "operator_policies",
                "vhost_limits",
                "user_limits",
                "feature_flags",
                "deprecated_features",
                "global_parameters",
            ),
            *("streams", "shovels"),
        ]
    ),
    *([group, command] for group in ["policies", "operator_policies"] for command in ["list_in"]),
    *(["policies", command] for command in ["list_conflicting", "list_conflicting_in"]),
    *(
        [group, "list_matching_object", "--name", "plain", "--type", "queues"]
        for group in ["policies", "operator_policies"]
    ),
    ["connections", "list_of_user", "--username", "guest"],
    ["users", "connections", "--username", "guest"],
    ["users", "permissions"],
    ["users", "limits", "--user", "guest"],
    ["deprecated_features", "list_used"],
    ["parameters", "list_all"],
    *(["parameters", command, "--component", "vhost-limits"] for command in ["list", "list_in"]),
    ["plugins", "list_all"],
    ["plugins", "list_on_node", *OF_NODE],
    ["shovels", "list_all"],
    *(["federation", command] for command in ["list_all_upstreams", "list_all_links"]),
    ["auth_attempts", "stats", *OF_NODE],
    *(["definitions", command, "--stdout"] for command in ["export", "export_from_vhost"]),
    *(["health_check", check] for check in ["local_alarms", "cluster_wide_alarms", "node_is_quorum_critical"]),
    ["health_check", "port_listener", "--port", AMQP_PORT],
    ["health_check", "protocol_listener", "--protocol", "amqp"],
]


def admin(*arguments, on="/"):
    return succeeded([*TOOL, "-V", on, *arguments])


def show_everything(on):
    wrong = []
    for command in SHOWN:
        done = run([*TOOL, "-V", on, *command])
        if done.returncode != 0:
            wrong.append(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-200:]}")
    assert not wrong, f"{len(wrong)} commands: {' | '.join(wrong)}"


@step("idle")
def _():
    with vhost(named("idle")) as on:
        show_everything(on)


@step("busy")
def _():
    with vhost(named("busy")) as on, traffic(on) as prefix:
        api("PUT", "policies", on, "p", body={"pattern": ".*", "definition": {"max-length": 1000}, "priority": 32000})
        api("PUT", "operator-policies", on, "o", body={"pattern": ".*", "definition": {"max-length": 900}})
        api("PUT", "vhost-limits", on, "max-queues", body={"value": 1000})
        api("PUT", "user-limits", "guest", "max-channels", body={"value": 1000})
        try:
            until(lambda: len(connections_in(on)) == 3, "connections", 15)
            show_everything(on)
            for name in ["classic", "quorum", "dead"]:
                assert name in admin("queues", "show", "--name", f"{prefix}.{name}", on=on), name
        finally:
            api("DELETE", "user-limits", "guest", "max-channels")


@step("changes")
def _():
    on, user = named("changes"), named("user")
    admin("declare", "vhost", "--name", on, "--description", "by v2", "--default-queue-type", "classic")
    admin("declare", "permissions", "--user", "guest", "--configure", ".*", "--write", ".*", "--read", ".*", on=on)
    admin("declare", "user", "--name", user, "--password", "secret", "--tags", "monitoring")
    admin("declare", "permissions", "--user", user, "--configure", "", "--write", "", "--read", "^a", on=on)
    equal(api("GET", "permissions", on, user)["read"], "^a")
    for type_ in ["classic", "quorum"]:
        admin(
            "declare",
            "queue",
            "--name",
            type_,
            "--type",
            type_,
            "--durable",
            "true",
            "--arguments",
            '{"x-max-length":10}',
            on=on,
        )
        equal(api("GET", "queues", on, type_)["type"], type_)
    admin("declare", "exchange", "--name", "x", "--type", "topic", "--durable", "true", on=on)
    bound = ["--source", "x", "--destination-type", "queue", "--destination", "classic", "--routing-key", "a.#"]
    admin("declare", "binding", *bound, "--arguments", "{}", on=on)
    admin(
        "publish",
        "message",
        "--exchange",
        "x",
        "--routing-key",
        "a.b",
        "--payload",
        "hello",
        "--properties",
        '{"delivery_mode":2}',
        on=on,
    )
    assert "hello" in admin("get", "messages", "--queue", "classic", "--ack-mode", "ack_requeue_true", on=on)
    admin("purge", "queue", "--name", "classic", on=on)
    until(lambda: api("GET", "queues", on, "classic").get("messages") == 0, "the purge")
    for kind in ["policy", "operator_policy"]:
        admin(
            "declare",
            kind,
            "--name",
            "p",
            "--pattern",
            "^c",
            "--apply-to",
            "queues",
            "--definition",
            '{"max-length":5}',
            on=on,
        )
    admin("policies", "patch", "--name", "p", "--definition", '{"expires":100000}', on=on)
    equal(api("GET", "policies", on, "p")["definition"], {"max-length": 5, "expires": 100000})
    admin(
        "policies", "declare_override", "--name", "p", "--override-name", "q", "--definition", '{"max-length":3}', on=on
    )
    admin("policies", "update_definition", "--name", "q", "--definition-key", "max-length", "--new-value", "4", on=on)
    equal(api("GET", "policies", on, "q")["definition"]["max-length"], 4)
    admin("declare", "vhost_limit", "--name", "max-queues", "--value", "50", on=on)
    admin("declare", "user_limit", "--user", user, "--name", "max-channels", "--value", "7", on=on)
    equal(api("GET", "user-limits", user)[0]["value"], {"max-channels": 7})

    with tempfile.TemporaryDirectory() as work:
        files = [os.path.join(work, f"{n}.json") for n in range(2)]
        admin("definitions", "export", "--file", files[0])
        admin("definitions", "import", "--file", files[0])
        admin("definitions", "export", "--file", files[1])
        texts = [json.load(open(file, encoding="utf-8")) for file in files]
        equal(
            [sorted(queue["name"] for queue in text["queues"]) for text in texts][0],
            sorted(q["name"] for q in texts[1]["queues"]),
        )

    admin("delete", "binding", *bound, "--arguments", "{}", on=on)
    equal([binding for binding in api("GET", "bindings", on) if binding["source"]], [])
    for deletion in [
        ["policy", "p"],
        ["policy", "q"],
        ["operator_policy", "p"],
        ["vhost_limit", "max-queues"],
        ["exchange", "x"],
        ["queue", "classic"],
    ]:
        admin("delete", deletion[0], "--name", deletion[1], on=on)
    admin("delete", "user_limit", "--user", user, "--name", "max-channels", on=on)
    admin("delete", "permissions", "--user", user, on=on)
    admin("delete", "user", "--name", user)
    admin("delete", "vhost", "--name", on)
    equal([is_there("vhosts", on), is_there("users", user)], [False, False])


@step("close")
def _():
    with vhost(named("close")) as on, traffic(on, must_survive=False):
        until(lambda: connections_in(on), "connections", 15)
        closed = connections_in(on)[0]
        admin("close", "connection", "--name", closed)
        until(lambda: closed not in connections_in(on), "the connection to be gone", 15)


@step("failures")
def _():
    absent = run([*TOOL, "delete", "queue", "--name", named("nowhere")])
    assert absent.returncode != 0 and "404" in absent.stderr + absent.stdout, absent
    refused = run([*TOOL[:7], "-p", "wrong", "--non-interactive", "list", "queues"])
    assert refused.returncode != 0 and "Login failed" in refused.stderr, refused
    port = run([*TOOL, "health_check", "port_listener", "--port", "1"])
    assert port.returncode not in (0, 65), port
    protocol = run([*TOOL, "health_check", "protocol_listener", "--protocol", "mqtt"])
    assert protocol.returncode not in (0, 65), protocol


finish()
