"""aio-pika against a broker: plain channels, transactions, and the robust connection that recovers by itself."""

import asyncio
import contextlib
import datetime
import decimal

import aio_pika
from aio_pika import DeliveryMode, ExchangeType, Message
from aiormq.exceptions import (
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    DeliveryError,
)
from steps import (
    LARGE_BODY_BYTES,
    URL,
    can_restart,
    equal,
    failed,
    finish,
    named,
    passed,
    patterned_body,
    restart_broker,
    url_with,
)

STEP_LIMIT_SECONDS = 40


async def until(condition, what, seconds=10):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def body_of(number):
    return f"message {number}".encode()


class Client:
    """The steps as methods, in the order in which they run; each opens its own channel."""

    def __init__(self, connection):
        self.connection = connection

    @contextlib.asynccontextmanager
    async def queue_of(self, what, **declaration):
        async with self.connection.channel() as channel:
            queue = await channel.declare_queue(named(what), **declaration)
            yield channel, queue
        async with self.connection.channel() as channel:
            await channel.queue_delete(named(what))

    async def publish_numbered(self, channel, queue, count):
        for number in range(count):
            await channel.default_exchange.publish(Message(body_of(number)), queue.name)

    async def count(self, name):
        async with self.connection.channel() as channel:
            queue = await channel.declare_queue(name, passive=True)
            return queue.declaration_result.message_count

    async def declare(self):
        async with self.connection.channel() as channel:
            source = await channel.declare_exchange(named("source"), ExchangeType.FANOUT, auto_delete=True)
            exchange = await channel.declare_exchange(named("exchange"), ExchangeType.TOPIC, durable=True)
            queue = await channel.declare_queue(named("declare"), durable=True)
            equal(queue.declaration_result.message_count, 0)
            await exchange.bind(source)
            await queue.bind(exchange, "*.red")
            await source.publish(Message(b"in"), "apple.red")
            await source.publish(Message(b"out"), "apple.green", mandatory=False)
            equal(await self.count(queue.name), 1)
            server_named = await channel.declare_queue(exclusive=True)
            assert server_named.name.startswith("amq.gen-") or server_named.name.startswith("amq_"), server_named.name
            await queue.unbind(exchange, "*.red")
            # Its last binding gone, the auto-delete exchange goes with it.
            await exchange.unbind(source)
            await channel.exchange_delete(exchange.name)
            equal((await queue.purge()).message_count, 1)
            equal((await queue.delete()).message_count, 0)

    async def publish_confirm(self):
        async with self.queue_of("confirm") as (channel, queue):
            messages = [Message(body_of(n), delivery_mode=DeliveryMode.PERSISTENT) for n in range(100)]
            publishes = [channel.default_exchange.publish(message, queue.name) for message in messages]
            confirmations = await asyncio.gather(*publishes)
            assert all(type(each).__name__ == "Ack" for each in confirmations), confirmations
            equal(await self.count(queue.name), 100)

    async def consume_ack(self):
        async with self.queue_of("consume") as (channel, queue):
            await self.publish_numbered(channel, queue, 10)
            got = []
            async with queue.iterator() as deliveries:
                async for message in deliveries:
                    async with message.process():
                        got.append((message.body, message.redelivered))
                    if len(got) == 10:
                        break
            equal(got, [(body_of(number), False) for number in range(10)])
            equal(await self.count(queue.name), 0)

    async def reject(self):
        async with self.queue_of("reject") as (channel, queue):
            await self.publish_numbered(channel, queue, 1)
            redelivered = []

            async def on_message(message):
                redelivered.append(message.redelivered)
                if len(redelivered) == 1:
                    await message.reject(requeue=True)
                elif len(redelivered) == 2:
                    await message.nack(requeue=True)
                else:
                    await message.reject(requeue=False)

            tag = await queue.consume(on_message)
            await until(lambda: len(redelivered) == 3, "the message came back twice")
            await queue.cancel(tag)
            equal(redelivered, [False, True, True])
            equal(await self.count(queue.name), 0)

    async def get(self):
        async with self.queue_of("get") as (channel, queue):
            equal(await queue.get(fail=False), None)
            await self.publish_numbered(channel, queue, 2)
            first = await queue.get()
            equal((first.body, first.message_count), (body_of(0), 1))
            await first.ack()
            equal((await queue.get(no_ack=True)).body, body_of(1))
            equal(await queue.get(fail=False), None)

    async def returned(self):
        async with self.connection.channel(on_return_raises=True) as channel:
            key = named("nowhere")
            try:
                await channel.default_exchange.publish(Message(b"back", message_id="m1"), key)
            except DeliveryError as error:
                delivery = error.message.delivery
                equal((delivery.reply_code, delivery.reply_text, delivery.routing_key), (312, "NO_ROUTE", key))
                equal(error.message.body, b"back")
            else:
                raise AssertionError("the message was not returned")

    async def prefetch(self):
        async with self.queue_of("prefetch") as (channel, queue):
            await self.publish_numbered(channel, queue, 10)
            await channel.set_qos(prefetch_count=3)
            messages = []

            async def on_message(message):
                messages.append(message)

            tag = await queue.consume(on_message)
            await until(lambda: len(messages) >= 3, "three deliveries")
            await asyncio.sleep(0.2)
            equal(len(messages), 3)
            equal(await self.count(queue.name), 7)
            await messages[0].ack()
            await until(lambda: len(messages) >= 4, "a fourth delivery after an ack")
            await asyncio.sleep(0.2)
            equal(len(messages), 4)
            await queue.cancel(tag)

    async def tx(self):
        async with self.queue_of("tx") as (_, queue):
            async with self.connection.channel(publisher_confirms=False) as channel:
                with contextlib.suppress(ZeroDivisionError):
                    async with channel.transaction():
                        await channel.default_exchange.publish(Message(b"rolled back"), queue.name)
                        raise ZeroDivisionError
                equal(await self.count(queue.name), 0)
                async with channel.transaction():
                    for number in range(2):
                        await channel.default_exchange.publish(Message(body_of(number)), queue.name)
                    equal(await self.count(queue.name), 0)
                equal(await self.count(queue.name), 2)
            equal((await queue.get(no_ack=True)).body, body_of(0))

    async def large_body(self):
        async with self.queue_of("large") as (channel, queue):
            body = patterned_body(LARGE_BODY_BYTES)
            await channel.default_exchange.publish(Message(body), queue.name)
            assert (await queue.get(no_ack=True)).body == body, "the body differs"

    async def headers(self):
        async with self.queue_of("headers") as (channel, queue):
            sent = {
                "yes": True,
                "no": False,
                "byte": -128,
                "short": -32_768,
                "unsigned-short": 65_535,
                "int": -2_147_483_648,
                "unsigned-int": 4_294_967_295,
                "long": 9_223_372_036_854_775_807,
                "float": 0.5,
                "decimal": decimal.Decimal("3.14"),
                "text": "grüße 🐇",
                "bytes": bytearray(b"\x00\xff\x01\xfe"),
                "timestamp": datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.timezone.utc),
                "nothing": None,
                "array": [1, "two", [True, None], {"three": 3}],
                "table": {"inner": {"innermost": "x"}, "empty": {}},
            }
            properties = {
                "content_type": "text/plain",
                "content_encoding": "utf-8",
                "priority": 5,
                "correlation_id": "correlation",
                "reply_to": "reply",
                "message_id": "id",
                "type": "type",
                "app_id": "app",
            }
            message = Message(b"x", headers=sent, expiration=60, timestamp=1_700_000_001, **properties)
            await channel.default_exchange.publish(message, queue.name)
            got = await queue.get(no_ack=True)
            equal(dict(got.headers), sent)
            equal((got.expiration, got.timestamp.timestamp()), (60.0, 1_700_000_001.0))
            for name, value in properties.items():
                equal(getattr(got, name), value, name)

    async def heartbeat(self):
        idle = await aio_pika.connect(url_with("heartbeat=1"))
        await asyncio.sleep(5.5)
        assert not idle.is_closed
        async with idle.channel() as channel:
            await channel.declare_queue(exclusive=True)
        await idle.close()

    async def channel_error(self):
        async def fails_with(kind, use):
            channel = await self.connection.channel()
            try:
                await use(channel)
            except kind:
                return
            raise AssertionError(f"no {kind.__name__}")

        async with self.queue_of("twice") as (_, queue):
            await fails_with(ChannelNotFoundEntity, lambda channel: channel.declare_queue(named("absent"), passive=True))
            await fails_with(ChannelPreconditionFailed, lambda channel: channel.declare_queue(queue.name, durable=True))
            equal(await self.count(queue.name), 0)

    async def restart(self):
        robust = await aio_pika.connect_robust(URL, reconnect_interval=0.2)
        channel = await robust.channel()
        await channel.set_qos(prefetch_count=5)
        exchange = await channel.declare_exchange(named("restart.exchange"), ExchangeType.DIRECT, durable=True)
        queue = await channel.declare_queue(named("restart"), durable=True)
        await queue.bind(exchange, "key")
        for number in range(50):
            await exchange.publish(Message(body_of(number), delivery_mode=DeliveryMode.PERSISTENT), "key")
        held, got = [], []
        is_restarted = False

        async def on_message(message):
            if not is_restarted:
                held.append(message)
                return
            got.append(message.body)
            await message.ack()

        await queue.consume(on_message)
        await until(lambda: len(held) == 5, "five deliveries before the restart")
        is_restarted = True
        await asyncio.to_thread(restart_broker)
        # The connection, channel, prefetch and consumer come back without our doing.
        await until(lambda: len(got) >= 50, "the fifty messages of before the restart", seconds=20)
        equal(got, [body_of(number) for number in range(50)])
        await exchange.publish(Message(b"after"), "key")
        await until(lambda: len(got) == 51, "a message of after the restart")
        await channel.exchange_delete(exchange.name)
        await channel.queue_delete(queue.name)
        await robust.close()


async def main():
    connection = await aio_pika.connect(URL)
    client = Client(connection)
    steps = {
        "declare": client.declare,
        "publish-confirm": client.publish_confirm,
        "consume-ack": client.consume_ack,
        "reject": client.reject,
        "get": client.get,
        "return": client.returned,
        "prefetch": client.prefetch,
        "tx": client.tx,
        "large-body": client.large_body,
        "headers": client.headers,
        "heartbeat": client.heartbeat,
        "channel-error": client.channel_error,
    }
    if can_restart("restart"):
        steps["restart"] = client.restart
    for name, body in steps.items():
        try:
            await asyncio.wait_for(body(), STEP_LIMIT_SECONDS)
            passed(name)
        except Exception as error:
            failed(name, error)
    with contextlib.suppress(Exception):
        await connection.close()


asyncio.run(main())
finish()
