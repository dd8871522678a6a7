"""pika's blocking connection against a broker."""

import contextlib
import datetime
import decimal
import time

import pika
import pika.exceptions
from steps import (
    LARGE_BODY_BYTES,
    URL,
    can_restart,
    equal,
    finish,
    named,
    patterned_body,
    restart_broker,
    step,
    url_with,
)

PERSISTENT = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)


def connect(query="heartbeat=60"):
    return pika.BlockingConnection(pika.URLParameters(url_with(query)))


connection = connect()


@contextlib.contextmanager
def channel_of(on=None):
    channel = (on or connection).channel()
    try:
        yield channel
    finally:
        if channel.is_open:
            channel.close()


@contextlib.contextmanager
def queue_of(what, **declaration):
    queue = named(what)
    with channel_of() as channel:
        channel.queue_declare(queue, **declaration)
        try:
            yield channel, queue
        finally:
            with channel_of() as other:
                other.queue_delete(queue)


def publish_numbered(channel, queue, count):
    for number in range(count):
        channel.basic_publish("", queue, f"message {number}".encode())


def count(queue):
    with channel_of() as channel:
        return channel.queue_declare(queue, passive=True).method.message_count


def pump_until(condition, what, seconds=10):
    """Reads from the socket, which a blocking connection does only when asked, until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"timed out: {what}"
        connection.process_data_events(time_limit=0.05)


@step("declare")
def declare():
    queue, exchange = named("declare"), named("declare.exchange")
    with channel_of() as channel:
        channel.exchange_declare(exchange, exchange_type="direct", durable=True)
        declared = channel.queue_declare(queue, durable=True).method
        equal((declared.queue, declared.message_count, declared.consumer_count), (queue, 0, 0))
        channel.queue_bind(queue, exchange, "key")
        channel.confirm_delivery()
        channel.basic_publish(exchange, "key", b"in")
        channel.basic_publish(exchange, "other", b"out")
        equal(count(queue), 1)
        assert channel.queue_declare("", exclusive=True).method.queue.startswith("amq.gen-")
        channel.queue_unbind(queue, exchange, "key")
        channel.exchange_delete(exchange)
        equal(channel.queue_purge(queue).method.message_count, 1)
        equal(channel.queue_delete(queue, if_unused=True, if_empty=True).method.message_count, 0)


@step("publish-confirm")
def publish_confirm():
    with queue_of("confirm") as (channel, queue):
        channel.confirm_delivery()
        for number in range(50):
            # Raises unless the broker confirms.
            channel.basic_publish("", queue, str(number).encode(), PERSISTENT, mandatory=True)
        equal(count(queue), 50)


@step("consume-ack")
def consume_ack():
    with queue_of("consume") as (channel, queue):
        channel.confirm_delivery()
        publish_numbered(channel, queue, 10)
        got = []

        def on_message(source, method, _properties, body):
            got.append((body.decode(), method.redelivered))
            source.basic_ack(method.delivery_tag)

        tag = channel.basic_consume(queue, on_message)
        pump_until(lambda: len(got) == 10, "ten deliveries")
        channel.basic_cancel(tag)
        equal(got, [(f"message {number}", False) for number in range(10)])
        equal(count(queue), 0)


@step("reject")
def reject():
    with queue_of("reject") as (channel, queue):
        channel.confirm_delivery()
        publish_numbered(channel, queue, 1)
        redelivered = []

        def on_message(source, method, _properties, _body):
            redelivered.append(method.redelivered)
            if len(redelivered) == 1:
                source.basic_reject(method.delivery_tag, requeue=True)
            elif len(redelivered) == 2:
                source.basic_nack(method.delivery_tag, multiple=True, requeue=True)
            else:
                source.basic_reject(method.delivery_tag, requeue=False)

        tag = channel.basic_consume(queue, on_message)
        pump_until(lambda: len(redelivered) == 3, "the message came back twice")
        channel.basic_cancel(tag)
        equal(redelivered, [False, True, True])
        equal(count(queue), 0)


@step("get")
def get():
    with queue_of("get") as (channel, queue):
        equal(channel.basic_get(queue), (None, None, None))
        channel.confirm_delivery()
        publish_numbered(channel, queue, 2)
        method, _, body = channel.basic_get(queue)
        equal((body, method.message_count, method.routing_key), (b"message 0", 1, queue))
        channel.basic_ack(method.delivery_tag)
        equal(channel.basic_get(queue, auto_ack=True)[2], b"message 1")
        equal(channel.basic_get(queue), (None, None, None))


@step("return")
def returned():
    with channel_of() as channel:
        channel.confirm_delivery()
        key = named("nowhere")
        try:
            channel.basic_publish("", key, b"back", pika.BasicProperties(message_id="m1"), mandatory=True)
        except pika.exceptions.UnroutableError as error:
            (message,) = error.messages
            equal((message.method.reply_code, message.method.reply_text), (312, "NO_ROUTE"))
            equal((message.method.routing_key, message.properties.message_id, message.body), (key, "m1", b"back"))
        else:
            raise AssertionError("the message was not returned")


@step("prefetch")
def prefetch():
    with queue_of("prefetch") as (channel, queue):
        channel.confirm_delivery()
        publish_numbered(channel, queue, 10)
        channel.basic_qos(prefetch_count=3)
        tags = []
        channel.basic_consume(queue, lambda _c, method, _p, _b: tags.append(method.delivery_tag))
        pump_until(lambda: len(tags) >= 3, "three deliveries")
        connection.sleep(0.2)
        equal(len(tags), 3)
        equal(count(queue), 7)
        channel.basic_ack(tags[0])
        pump_until(lambda: len(tags) >= 4, "a fourth delivery after an ack")
        connection.sleep(0.2)
        equal(len(tags), 4)


@step("tx")
def tx():
    with queue_of("tx") as (channel, queue):
        channel.tx_select()
        channel.basic_publish("", queue, b"rolled back")
        channel.tx_rollback()
        channel.basic_publish("", queue, b"one")
        channel.basic_publish("", queue, b"two")
        equal(count(queue), 0)
        channel.tx_commit()
        equal(count(queue), 2)
        method, _, body = channel.basic_get(queue)
        equal(body, b"one")
        channel.basic_ack(method.delivery_tag)
        channel.tx_rollback()
        # The ack is rolled back, so the message is unacked again and can be acked once more.
        channel.basic_ack(method.delivery_tag)
        channel.tx_commit()
        equal(channel.basic_get(queue, auto_ack=True)[2], b"two")


@step("large-body")
def large_body():
    with queue_of("large") as (channel, queue):
        channel.confirm_delivery()
        body = patterned_body(LARGE_BODY_BYTES)
        channel.basic_publish("", queue, body)
        channel.basic_publish("", queue, b"")
        assert channel.basic_get(queue, auto_ack=True)[2] == body, "the body differs"
        equal(channel.basic_get(queue, auto_ack=True)[2], b"")


@step("headers")
def headers():
    with queue_of("headers") as (channel, queue):
        sent = {
            "yes": True,
            "no": False,
            "int": -2_147_483_648,
            "long": 9_223_372_036_854_775_807,
            "decimal": decimal.Decimal("3.14"),
            "text": "grüße 🐇",
            "bytes": b"\x00\xff\x01\xfe",
            "timestamp": datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc),
            "nothing": None,
            "array": [1, "two", [True, None], {"three": 3}],
            "table": {"inner": {"innermost": "x"}, "empty": {}},
        }
        properties = {
            "content_type": "text/plain",
            "content_encoding": "utf-8",
            "delivery_mode": 2,
            "priority": 5,
            "correlation_id": "correlation",
            "reply_to": "reply",
            "expiration": "60000",
            "message_id": "id",
            "timestamp": 1_700_000_001,
            "type": "type",
            "user_id": pika.URLParameters(URL).credentials.username,
            "app_id": "app",
            "cluster_id": "cluster",
        }
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"x", pika.BasicProperties(headers=sent, **properties))
        _, got, _ = channel.basic_get(queue, auto_ack=True)
        equal(got.headers, sent)
        for name, value in properties.items():
            equal(getattr(got, name), value, name)


@step("heartbeat")
def heartbeat():
    idle = connect("heartbeat=1")
    try:
        # The connection ends when two of the broker's heartbeats are missing.
        idle.sleep(5.5)
        with channel_of(idle) as channel:
            channel.queue_declare("", exclusive=True)
    finally:
        if idle.is_open:
            idle.close()


@step("channel-error")
def channel_error():
    def fails_with(code, use):
        with channel_of() as channel:
            try:
                use(channel)
            except pika.exceptions.ChannelClosedByBroker as error:
                equal(error.reply_code, code)
            else:
                raise AssertionError(f"no {code}")

    with queue_of("twice") as (_, queue):
        fails_with(404, lambda channel: channel.queue_declare(named("absent"), passive=True))
        fails_with(406, lambda channel: channel.queue_declare(queue, durable=True))
        fails_with(406, lambda channel: (channel.basic_ack(99), channel.queue_declare(queue, passive=True)))
        equal(count(queue), 0)


if can_restart("restart"):

    @step("restart")
    def restart():
        global connection
        queue = named("restart")
        with channel_of() as channel:
            channel.queue_declare(queue, durable=True)
            channel.confirm_delivery()
            for number in range(50):
                channel.basic_publish("", queue, str(number).encode(), PERSISTENT)
            channel.basic_publish("", queue, b"transient")
            restart_broker()
            with contextlib.suppress(pika.exceptions.AMQPError):
                channel.queue_declare(queue, passive=True)
                raise AssertionError("the old connection outlived the broker")
        connection = connect()
        equal(count(queue), 50)
        with channel_of() as channel:
            for number, (method, properties, body) in enumerate(channel.consume(queue, inactivity_timeout=5)):
                equal((body, properties.delivery_mode), (str(number).encode(), 2))
                channel.basic_ack(method.delivery_tag)
                if number == 49:
                    break
            channel.cancel()
            equal(channel.queue_delete(queue).method.message_count, 0)


if connection.is_open:
    connection.close()
finish()
