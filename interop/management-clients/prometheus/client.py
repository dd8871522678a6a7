"""promtool has nothing to say about any of our expositions, and a Prometheus that scrapes them for a minute gets them all
and finds in them what the official RabbitMQ-Overview dashboards ask for, in every generation of theirs."""

import contextlib
import functools
import json
import math
import os
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

from management import PROMETHEUS_URL, api, run, traffic, vhost
from steps import equal, finish, named, step, until

FAMILIES = [
    *(
        "queue_coarse_metrics",
        "queue_metrics",
        "queue_consumer_count",
        "queue_delivery_metrics",
        "queue_exchange_metrics",
    ),
    *(
        "exchange_metrics",
        "channel_metrics",
        "channel_exchange_metrics",
        "channel_queue_metrics",
        "channel_process_metrics",
    ),
    *("channel_queue_exchange_metrics", "connection_coarse_metrics", "connection_metrics", "connection_churn_metrics"),
    *("node_coarse_metrics", "node_metrics", "node_persister_metrics", "auth_attempt_metrics", "vhost_status"),
    *("exchange_names", "exchange_bindings"),
]
DETAILED = "/metrics/detailed?" + "&".join(f"family={family}" for family in FAMILIES)
PATHS = {"aggregated": "/metrics", "per-object": "/metrics/per-object", "detailed": DETAILED}
SCRAPE_SECONDS = 60
RULES_AND_DASHBOARD = os.path.join(os.path.dirname(__file__), "../../../src/management/prometheus")
ALERTS = os.path.realpath(os.path.join(RULES_AND_DASHBOARD, "alert-rules.yaml"))

# By the year of the dashboard's JSON; without the prefix rabbitmq_.
DASHBOARD = {
    "all": """queue_messages_ready queue_messages_unacked connections channels queues build_info identity_info
        resident_memory_limit_bytes process_resident_memory_bytes disk_space_available_bytes process_max_fds process_open_fds
        connections_opened_total connections_closed_total channels_opened_total channels_closed_total
        queues_declared_total queues_created_total queues_deleted_total""",
    "2020": """channel_messages_published_total channel_messages_confirmed_total channel_messages_unroutable_dropped_total
        channel_messages_unroutable_returned_total channel_messages_unconfirmed channel_messages_delivered_total
        channel_messages_delivered_ack_total channel_messages_redelivered_total channel_messages_acked_total
        channel_get_total channel_get_ack_total channel_get_empty_total channel_consumers queue_messages_published_total
        process_open_tcp_sockets process_max_tcp_sockets""",
    "2022": """global_messages_received_total global_messages_received_confirm_total global_messages_routed_total
        global_messages_confirmed_total global_messages_unroutable_dropped_total
        global_messages_unroutable_returned_total global_messages_delivered_consume_auto_ack_total
        global_messages_delivered_consume_manual_ack_total global_messages_delivered_get_auto_ack_total
        global_messages_delivered_get_manual_ack_total global_messages_get_empty_total
        global_messages_redelivered_total global_messages_acknowledged_total global_publishers consumers""",
    "2024": """global_messages_delivered_total global_consumers erlang_uptime_seconds disk_space_available_limit_bytes
        message_size_bytes_bucket message_size_bytes_count message_size_bytes_sum""",
}
# What the traffic does all the time: these panels must show something.
MOVING = [
    *("global_messages_received_total", "global_messages_received_confirm_total", "global_messages_routed_total"),
    *("global_messages_confirmed_total", "global_messages_unroutable_dropped_total"),
    *("global_messages_unroutable_returned_total", "global_messages_delivered_consume_auto_ack_total"),
    *("global_messages_delivered_consume_manual_ack_total", "global_messages_delivered_get_auto_ack_total"),
    *("global_messages_delivered_get_manual_ack_total", "global_messages_redelivered_total"),
    *("global_messages_acknowledged_total", "global_messages_get_empty_total", "channel_messages_published_total"),
    "message_size_bytes_count",
]
# Literal text in the dashboard's queries.
BUCKETS = ["100.0", "1000.0", "10000.0", "100000.0", "1e+06", "1e+07", "5e+07", "1e+08", "+Inf"]


def scraped(path):
    with urllib.request.urlopen(PROMETHEUS_URL + path, timeout=30) as response:
        return response.read().decode()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Prometheus:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return response.read().decode()

    def query(self, expression):
        """The series and their values now."""
        found = json.loads(self.get("/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
        equal(found["status"], "success", expression)
        return [(series["metric"], float(series["value"][1])) for series in found["data"]["result"]]

    def own(self, name):
        """A metric of Prometheus itself."""
        return sum(float(line.split()[1]) for line in self.get("/metrics").splitlines() if line.startswith(name + " "))


def scrape_config(path):
    split = urllib.parse.urlsplit(path)
    target = urllib.parse.urlsplit(PROMETHEUS_URL).netloc
    return {
        "metrics_path": split.path,
        "params": urllib.parse.parse_qs(split.query),
        "static_configs": [{"targets": [target]}],
    }


@contextlib.contextmanager
def prometheus():
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="warrenmq-prometheus-") as work:
        config = os.path.join(work, "prometheus.yml")
        with open(config, "w", encoding="utf-8") as file:
            # JSON is YAML.
            json.dump(
                {
                    "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "5s"},
                    "rule_files": [ALERTS],
                    "scrape_configs": [{"job_name": job, **scrape_config(path)} for job, path in PATHS.items()],
                },
                file,
            )
        command = [
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={work}/data",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            yield Prometheus(port)
        finally:
            process.terminate()
            process.wait(20)


def wait_until_scraped(server, started):
    until(lambda: len(server.query("up")) == len(PATHS), "the first scrapes", 30)
    time.sleep(max(0, started + SCRAPE_SECONDS - time.monotonic()))


with vhost(named('odd "name" \\ ü')) as on, traffic(on), prometheus() as server:
    begun = time.monotonic()
    # The dashboard lists queues that nobody consumes from.
    api("PUT", "queues", on, "waiting", body={})
    waiting = {"properties": {}, "routing_key": "waiting", "payload": "x", "payload_encoding": "string"}
    api("POST", "exchanges", on, "amq.default", "publish", body=waiting)

    @step("promtool")
    def _():
        # In texts of labels, these must be escaped.
        for name in ['quote " here', "back\\slash", "tab\tü", '{le="1"}', "#"]:
            api("PUT", "queues", on, name, body={})
            api("PUT", "exchanges", on, name, body={"type": "direct"})
        for path in [
            *PATHS.values(),
            *(f"/metrics/detailed?family={family}" for family in FAMILIES),
            "/metrics/detailed",
        ]:
            text = scraped(path)
            done = run(["promtool", "check", "metrics"], stdin=text)
            equal((done.returncode, done.stdout + done.stderr), (0, ""), path)
        per_object = scraped("/metrics/per-object")
        assert 'queue="quote \\" here"' in per_object and 'queue="back\\\\slash"' in per_object, "the names"

    @step("scrape")
    def _():
        wait_until_scraped(server, begun)
        seconds = SCRAPE_SECONDS - 10
        for job in PATHS:
            equal(
                [value for _, value in server.query(f'min_over_time(up{{job="{job}"}}[{seconds}s])')],
                [1.0],
                f"up of {job}",
            )
            # The machine may be busy: half of them is plenty.
            count = server.query(f'count_over_time(up{{job="{job}"}}[{seconds}s])')[0][1]
            assert count >= seconds / 2, f"{count} scrapes of {job} in {seconds} s"
        for target in json.loads(server.get("/api/v1/targets"))["data"]["activeTargets"]:
            equal((target["health"], target["lastError"]), ("up", ""), target["scrapeUrl"])
        for reason in ["duplicate_timestamp", "out_of_order", "out_of_bounds"]:
            equal(server.own(f"prometheus_target_scrapes_sample_{reason}_total"), 0.0, f"samples {reason}")

    @step("dashboard")
    def _():
        wait_until_scraped(server, begun)
        missing = []
        for generation, names in DASHBOARD.items():
            for name in names.split():
                # As the panels join it: one identity of the node, with the endpoint that newer ones ask for.
                joined = server.query(
                    f'rabbitmq_{name}{{job="aggregated"}} * on(instance, job) group_left(rabbitmq_cluster, '
                    'rabbitmq_node) rabbitmq_identity_info{rabbitmq_endpoint="aggregated"}'
                )
                if not joined or any(math.isnan(value) for _, value in joined):
                    missing.append(f"{generation}: {name}")
        equal(missing, [], "missing")
        resting = [
            name for name in MOVING if server.query(f'sum(rate(rabbitmq_{name}{{job="aggregated"}}[40s]))')[0][1] <= 0
        ]
        equal(resting, [], "without a rate")
        found = {series["le"] for series, _ in server.query('rabbitmq_message_size_bytes_bucket{job="aggregated"}')}
        equal(sorted(found & set(BUCKETS)), sorted(BUCKETS), "buckets")
        equal(
            len(server.query('count by (rabbitmq_cluster, rabbitmq_node) (rabbitmq_identity_info{job="aggregated"})')),
            1,
            "identities",
        )

    @step("per-object")
    def _():
        wait_until_scraped(server, begun)
        for series in [
            'rabbitmq_queue_messages_ready{job="per-object",queue=~".*classic"}',
            'rabbitmq_detailed_queue_messages_ready{queue=~".*classic"}',
            "rabbitmq_detailed_channel_messages_published_total",
            "rabbitmq_cluster_vhost_status",
            "rabbitmq_detailed_connection_incoming_bytes_total",
        ]:
            assert server.query(series), f"no series {series}"
        equal([value for _, value in server.query("rabbitmq_cluster_vhost_status") if value != 1], [], "vhosts")

    @step("own-files")
    def _():
        done = run(["promtool", "check", "rules", ALERTS])
        equal((done.returncode, done.stderr), (0, ""), "the alert rules")
        wait_until_scraped(server, begun)
        groups = json.loads(server.get("/api/v1/rules"))["data"]["groups"]
        unwell = [
            (rule["name"], rule.get("lastError"))
            for group in groups
            for rule in group["rules"]
            if rule["health"] != "ok"
        ]
        equal((groups != [], unwell), (True, []), "rules that cannot be evaluated")
        with open(os.path.join(RULES_AND_DASHBOARD, "grafana-dashboard.json"), encoding="utf-8") as file:
            panels = json.load(file)["panels"]
        asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
        values = {"$job": "aggregated", "$instance": ".*", "$__rate_interval": "40s"}
        empty = []
        for expression in asked:
            filled = functools.reduce(lambda text, name: text.replace(name, values[name]), values, expression)
            series = server.query(filled)
            if not series or all(math.isnan(value) for _, value in series):
                empty.append(filled)
        equal(empty, [], f"of {len(asked)} expressions of the dashboard, these find nothing")


finish()
