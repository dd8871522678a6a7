"""Celery against a broker: real workers in processes of their own, tasks sent from here, results over rpc://."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from steps import URL, can_restart, equal, finish, named, restart_broker, step, until

QUEUE = named("tasks")
os.environ["INTEROP_QUEUE"] = QUEUE
os.environ["AMQP_URL"] = URL
sys.path.insert(0, str(Path(__file__).parent))

from tasks import add, app, fail, length_of, mark, my_headers, succeed_at  # noqa: E402

RESULT_LIMIT_SECONDS = 20


class Worker:
    """A worker with one process for tasks; everything that workers do among themselves is left on."""

    def __init__(self, name):
        self.node = f"{name}@{QUEUE}"
        command = [sys.executable, "-m", "celery", "--app", "tasks", "worker"]
        command += ["--hostname", self.node, "--concurrency", "1", "--loglevel", "INFO"]
        self.process = subprocess.Popen(
            command, cwd=Path(__file__).parent, stdout=sys.stderr, stderr=sys.stderr, start_new_session=True
        )

    def wait_until_up(self):
        def answers():
            assert self.process.poll() is None, "the worker ended"
            return bool(app.control.ping(destination=[self.node], timeout=0.5))

        until(answers, "the worker answers a ping", seconds=30)
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        equal(self.process.wait(timeout=30), 0, "exit status of the worker")

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)


def result_of(pending):
    return pending.get(timeout=RESULT_LIMIT_SECONDS)


scratch = tempfile.TemporaryDirectory()
worker = Worker("first")
try:
    worker.wait_until_up()

    @step("round-trip")
    def round_trip():
        pending = [add.delay(number, number) for number in range(20)]
        equal([result_of(each) for each in pending], [2 * number for number in range(20)])

    @step("large-body")
    def large_body():
        text = "0123456789abcdef" * (2 * 1024 * 1024 // 16)
        equal(result_of(length_of.delay(text)), len(text))

    @step("headers")
    def headers():
        sent = {"text": "grüße 🐇", "number": 3_000_000_000, "double": 0.1, "yes": True, "nothing": None, "list": [1, "a", [2]], "table": {"a": {"b": 1}}}
        equal(result_of(my_headers.apply_async(headers=sent)), sent)

    @step("error")
    def error():
        try:
            result_of(fail.delay("as it should"))
        except ValueError as reason:
            equal(str(reason), "as it should")
        else:
            raise AssertionError("the task's error did not come back")

    @step("retry")
    def retry():
        # Each retry is published again with an estimated time, held by the worker, and acked when it ran.
        equal(result_of(succeed_at.delay(2)), 2)

    @step("reply-queue")
    def reply_queue():
        # The result comes over a reply queue that another consumer of the same process reads.
        with app.connection_for_write() as connection:
            channel = connection.channel()
            reply = channel.queue_declare("", exclusive=True).queue
            got = []
            channel.basic_consume(reply, no_ack=True, callback=lambda message: got.append(message))
            add.apply_async((20, 22), reply_to=reply)
            deadline = time.monotonic() + RESULT_LIMIT_SECONDS
            while not got and time.monotonic() < deadline:
                with contextlib.suppress(TimeoutError):
                    connection.drain_events(timeout=0.5)
            assert got, "no reply"
            answer = json.loads(got[0].body)
            equal((answer["status"], answer["result"]), ("SUCCESS", 42))

    @step("countdown")
    def countdown():
        # More waiting tasks than the prefetch: the worker raises its prefetch for each one it holds back.
        started = time.monotonic()
        pending = [add.apply_async((number, 0), countdown=1) for number in range(6)]
        equal([result_of(each) for each in pending], list(range(6)))
        assert time.monotonic() - started >= 1, "a task ran before its time"

    @step("rate-of-one")
    def rate_of_one():
        # One process and a prefetch multiplier of one: a long task leaves the others in the queue.
        path = Path(scratch.name) / "long"
        long = mark.delay(str(path), 2)
        until(path.exists, "the long task started", seconds=RESULT_LIMIT_SECONDS)
        others = [mark.delay(str(path) + ".other", 0) for _ in range(5)]
        with app.connection_for_write() as connection:
            until(
                lambda: connection.default_channel.queue_declare(QUEUE, passive=True).message_count == 5,
                "five tasks wait in the queue",
            )
        equal([result_of(each) for each in [long, *others]], ["done"] * 6)

    @step("remote-control")
    def remote_control():
        # A fanout to every worker's own queue, and answers over a direct exchange.
        equal(app.control.ping(timeout=2), [{worker.node: {"ok": "pong"}}])
        registered = app.control.inspect(timeout=2).registered()[worker.node]
        assert "tasks.add" in registered, registered
        queues = app.control.inspect(timeout=2).active_queues()[worker.node]
        equal([each["name"] for each in queues], [QUEUE])

    @step("ack-late")
    def ack_late():
        # The worker is killed while it holds an unacked task; the next one gets it again.
        global worker
        path = Path(scratch.name) / "late"
        pending = mark.delay(str(path), 4)
        until(path.exists, "the task started", seconds=RESULT_LIMIT_SECONDS)
        worker.kill()
        equal(path.read_text(), "started\n")
        worker = Worker("second").wait_until_up()
        equal(result_of(pending), "done")
        equal(path.read_text(), "started\nstarted\nended\n")

    @step("worker-restart")
    def worker_restart():
        global worker
        worker.stop()
        pending = [add.delay(number, 1) for number in range(10)]
        with app.connection_for_write() as connection:
            equal(connection.default_channel.queue_declare(QUEUE, passive=True).message_count, 10)
        worker = Worker("third").wait_until_up()
        equal([result_of(each) for each in pending], [number + 1 for number in range(10)])

    @step("heartbeat")
    def heartbeat():
        # The worker's connection beats every two seconds; the same worker is still there afterwards.
        time.sleep(6)
        equal(result_of(add.delay(1, 1)), 2)
        equal(app.control.ping(timeout=2), [{worker.node: {"ok": "pong"}}])

    if can_restart("restart"):

        @step("restart")
        def restart():
            # Tasks wait in the durable queue while the broker restarts; the worker connects again by itself.
            global worker
            worker.stop()
            path = Path(scratch.name) / "restart"
            for _ in range(10):
                mark.apply_async((str(path), 0), ignore_result=True)
            restart_broker()
            worker = Worker("fourth")
            until(lambda: path.exists() and path.read_text().count("ended") == 10, "the ten tasks ran", seconds=30)
            restart_broker()
            second = Path(scratch.name) / "again"
            mark.apply_async((str(second), 0), ignore_result=True, retry=True)
            until(
                lambda: second.exists() and second.read_text().count("ended") == 1,
                "the connected worker came back and ran a task",
                seconds=40,
            )

finally:
    worker.kill()
    scratch.cleanup()
    with contextlib.suppress(Exception), app.connection_for_write() as connection:
        connection.default_channel.queue_delete(QUEUE)
        connection.default_channel.exchange_delete(QUEUE)
finish()
