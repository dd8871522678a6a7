"""The same as drive.mjs with pika: drive.py before|after URL. Its lines must be those of drive.mjs on the same broker."""

import json
import os
import sys
import time

import pika

PHASE, URL = sys.argv[1:3]
MESSAGES = 6
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "world.json")) as file:
    WORLD = json.load(file)
connection = pika.BlockingConnection(pika.URLParameters(URL))


def say(*words):
    print(*words)


def attempt(work):
    """A channel of its own, because a refusal costs it."""
    channel = connection.channel()
    try:
        result = work(channel)
        channel.close()
        return result
    except pika.exceptions.ChannelClosedByBroker as error:
        return f"refused {error.reply_code}"


def count(name):
    answer = attempt(lambda channel: channel.queue_declare(name, passive=True))
    return answer if isinstance(answer, str) else answer.method.message_count


def say_counts(title):
    for queue in WORLD["queues"]:
        say(title, queue["name"], count(queue["name"]))


def deaths(headers):
    entries = (headers or {}).get("x-death", [])
    parts = (
        [d["queue"], d["reason"], str(d["count"]), d["exchange"], "+".join(d["routing-keys"])]
        for d in entries
    )
    return ";".join(",".join(part) for part in parts)


def told(method, properties, body, with_redelivered=True):
    words = [
        body.decode(),
        f"priority={'none' if properties.priority is None else properties.priority}",
        f"mode={properties.delivery_mode}",
        f"expiration={properties.expiration or 'none'}",
        f"redelivered={str(method.redelivered).lower()}" if with_redelivered else "",
        f"via={method.exchange}/{method.routing_key}",
        f"returned={(properties.headers or {}).get('x-delivery-count', 0)}",
        f"deaths={deaths(properties.headers)}",
    ]
    return " ".join(words)


def publish_all():
    channel = connection.channel()
    channel.confirm_delivery()

    def send(exchange, key, body, **properties):
        mode = 1 if properties.pop("transient", False) else 2
        try:
            described = pika.BasicProperties(delivery_mode=mode, **properties)
            channel.basic_publish(exchange, key, body.encode(), described)
            return "a"
        except pika.exceptions.NackError:
            return "n"

    for queue in WORLD["queues"]:
        name = queue["name"]
        outcomes = ""
        for i in range(1, MESSAGES + 1):
            properties = {"transient": i == 5}
            # Quorum queues know priorities since RabbitMQ 4.
            if queue["arguments"].get("x-queue-type") != "quorum":
                properties["priority"] = i % 4
            # RabbitMQ 3.10 keeps expired messages of a priority queue that has no TTL of its own.
            if i == 3 and "x-max-priority" not in queue["arguments"]:
                properties["expiration"] = "200"
            outcomes += send("", name, f"{name}/{i}", **properties)
        say("published", name, outcomes)
    send("par.direct", "d", "direct")
    send("par.fanout", "any", "fanout")
    send("par.topic", "a.b", "topic", priority=2)
    send("par.alternate", "nobody", "alternate")
    copies = {"CC": ["par.plain"], "BCC": ["par.lazy"]}
    send("", "par.dead.own", "cc", headers=copies)
    channel.close()


def settle_some(queue):
    name = queue["name"]

    def work(channel):
        lines = []
        for how in queue.get("settles", ["reject", "requeue", "ack", "keep"]):
            method, properties, body = channel.basic_get(name)
            if method is None:
                break
            lines.append(f"{how}: {told(method, properties, body)}")
            if how == "reject":
                channel.basic_reject(method.delivery_tag, requeue=False)
            elif how == "requeue":
                channel.basic_nack(method.delivery_tag, requeue=True)
            elif how == "ack":
                channel.basic_ack(method.delivery_tag)
        return lines

    taken = attempt(work)
    for line in [taken] if isinstance(taken, str) else taken:
        say("settled", name, line)


def drain(queue):
    name = queue["name"]

    def work(channel):
        lines = []
        while True:
            method, properties, body = channel.basic_get(name, auto_ack=True)
            if method is None:
                return lines
            lines.append(told(method, properties, body, with_redelivered=False))

    taken = attempt(work)
    lines = [taken] if isinstance(taken, str) else taken
    for line in sorted(lines) if queue.get("isSorted") else lines:
        say("drained", name, line)


def before():
    for exchange in WORLD["exchanges"]:
        answer = attempt(
            lambda channel: channel.exchange_declare(
                exchange["name"], exchange["type"], durable=True, arguments=exchange.get("arguments")
            )
        )
        say("exchange", exchange["name"], "refused" if isinstance(answer, str) else "ok")
    for queue in WORLD["queues"]:
        answer = attempt(
            lambda channel: channel.queue_declare(
                queue["name"], durable=queue["durable"], arguments=queue["arguments"]
            )
        )
        say("queue", queue["name"], answer if isinstance(answer, str) else "ok")
    for binding in WORLD["bindings"]:
        attempt(
            lambda channel: channel.queue_bind(
                binding["destination"], binding["source"], binding["key"]
            )
        )
    publish_all()
    time.sleep(0.7)
    say_counts("count")
    for queue in WORLD["queues"]:
        if not queue.get("isSorted"):
            settle_some(queue)
    time.sleep(0.4)
    say_counts("then")


def after():
    say_counts("restarted")
    for queue in WORLD["queues"]:
        drain(queue)
    for queue in WORLD["queues"]:
        attempt(lambda channel: channel.queue_delete(queue["name"]))
    for exchange in WORLD["exchanges"]:
        attempt(lambda channel: channel.exchange_delete(exchange["name"]))


before() if PHASE == "before" else after()
connection.close()
