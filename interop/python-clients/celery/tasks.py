"""The tasks that the workers run, and the application that both sides share. Everything not named here is Celery's default."""

import os
import time

from celery import Celery
from kombu import Exchange, Queue

QUEUE = os.environ["INTEROP_QUEUE"]

app = Celery("interop", broker=os.environ["AMQP_URL"], backend="rpc://")
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_heartbeat=2,
    broker_transport_options={"confirm_publish": True},
    task_default_queue=QUEUE,
    # Named after the run, so that runs share neither messages nor bindings.
    task_queues=[Queue(QUEUE, Exchange(QUEUE, type="direct"), routing_key=QUEUE)],
    task_default_exchange=QUEUE,
    task_default_routing_key=QUEUE,
    worker_prefetch_multiplier=1,
    worker_send_task_events=True,
    result_persistent=True,
)


@app.task
def add(left, right):
    return left + right


@app.task
def length_of(text):
    return len(text)


@app.task(bind=True)
def my_headers(self):
    return dict(self.request.headers or {})


@app.task
def fail(text):
    raise ValueError(text)


@app.task(bind=True, max_retries=3, default_retry_delay=0)
def succeed_at(self, attempt):
    if self.request.retries < attempt:
        raise self.retry(countdown=0.2)
    return self.request.retries


@app.task(acks_late=True, reject_on_worker_lost=True)
def mark(path, seconds):
    """Appends a line when it starts and another when it ends, with a pause between."""
    with open(path, "a") as file:
        file.write("started\n")
    time.sleep(seconds)
    with open(path, "a") as file:
        file.write("ended\n")
    return "done"
