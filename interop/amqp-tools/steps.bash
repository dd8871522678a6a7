#!/usr/bin/env bash
# librabbitmq's command line tools against a broker. Each tool is a connection of its own, opened and closed in order:
# when amqp-publish has ended with status 0, the broker has answered its channel.close and so has seen the message.
set -u -o pipefail
url=${AMQP_URL:-amqp://guest:guest@127.0.0.1:5672}
client=amqp-tools
run=$$.$RANDOM
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

named() { echo "interop.$client.$run.$1"; }
publish() { amqp-publish -u "$url" -r "$@"; }
get() { timeout 10 amqp-get -u "$url" -q "$1"; }
consume() { timeout 15 amqp-consume -u "$url" "$@"; }
declare_queue() { amqp-declare-queue -u "$url" "${@:2}" -q "$1" >/dev/null; }
delete_queue() { amqp-delete-queue -u "$url" -q "$1"; }

# equal WHAT GOT EXPECTED
equal() {
  [[ $2 == "$3" ]] || { reason="$1: got '${2:0:200}', expected '${3:0:200}'"; return 1; }
}

# step NAME FUNCTION: the function's commands must all succeed; $reason says more where it can.
step() {
  reason='a command failed'
  if "$2" 2>"$work/stderr"; then
    echo "PASS $client: $1"
  else
    failed=1
    echo "FAIL $client: $1: $reason; $(tail -n 1 "$work/stderr")"
  fi
}

declare_step() {
  local queue
  queue=$(named declare)
  equal 'declared' "$(amqp-declare-queue -u "$url" -d -q "$queue")" "$queue" &&
    declare_queue "$queue" -d &&
    publish "$queue" -b one &&
    equal 'deleted messages' "$(delete_queue "$queue")" 1 &&
    [[ $(amqp-declare-queue -u "$url" -q '') == amq.gen-* ]]
}

consume_step() {
  local queue lines
  queue=$(named consume)
  lines=$(seq 1 20 | sed 's/^/message /')
  declare_queue "$queue" &&
    publish "$queue" -p -l <<<"$lines" &&
    equal 'consumed' "$(consume -q "$queue" -c 20 -p 3 cat)" "$lines" &&
    equal 'left' "$(delete_queue "$queue")" 0
}

unacked_step() {
  local queue
  queue=$(named unacked)
  # amqp-consume acks when its command succeeds; when it fails, the message comes back as soon as the tool has gone.
  printf '#!/bin/sh\ncat >>"%s"\n[ "$(wc -l <"%s")" -ge 2 ]\n' "$work/seen" "$work/seen" >"$work/fail-once"
  chmod +x "$work/fail-once"
  declare_queue "$queue" &&
    publish "$queue" -b $'again\n' &&
    consume -q "$queue" -c 1 "$work/fail-once" &&
    consume -q "$queue" -c 1 "$work/fail-once" &&
    equal 'seen' "$(cat "$work/seen")" $'again\nagain' &&
    equal 'left' "$(delete_queue "$queue")" 0
}

get_step() {
  local queue status
  queue=$(named get)
  declare_queue "$queue" && publish "$queue" -b first && publish "$queue" -b second || return 1
  equal 'first' "$(get "$queue")" first && equal 'second' "$(get "$queue")" second || return 1
  get "$queue"
  status=$?
  equal 'status of a get from an empty queue' "$status" 2 && delete_queue "$queue" >/dev/null
}

prefetch_step() {
  local queue consumer outstanding
  queue=$(named prefetch)
  # The command holds the first message for a moment, in which only two of five may have left the queue.
  printf '#!/bin/sh\ncat >/dev/null\ntouch "%s"\nuntil [ -e "%s" ]; do sleep 0.05; done\n' "$work/holding" "$work/go" >"$work/hold"
  chmod +x "$work/hold"
  declare_queue "$queue" && publish "$queue" -l < <(seq 1 5) || return 1
  consume -q "$queue" -p 2 -c 5 "$work/hold" &
  consumer=$!
  for _ in $(seq 100); do [[ -e $work/holding ]] && break || sleep 0.05; done
  sleep 0.2
  outstanding=$(get "$queue")
  touch "$work/go"
  # Message 3 was taken from here, so the consumer waits for a fifth.
  publish "$queue" -b more && wait "$consumer" && equal 'first message left in the queue' "$outstanding" 3 &&
    equal 'left' "$(delete_queue "$queue")" 0
}

large_body_step() {
  local queue
  queue=$(named large)
  head -c $((3 * 1024 * 1024 + 17)) /dev/urandom >"$work/large"
  declare_queue "$queue" &&
    publish "$queue" <"$work/large" &&
    get "$queue" | cmp - "$work/large" &&
    delete_queue "$queue" >/dev/null
}

headers_step() {
  local queue
  queue=$(named headers)
  # The tools can send headers but not show them: a headers exchange would need another tool to bind. What is proved is
  # that a content header with properties and a table is taken and the message is whole behind it.
  declare_queue "$queue" &&
    publish "$queue" -C text/plain -E utf-8 -t reply -H 'colour: green' -H 'text: grüße 🐇' -p -b 'with headers' &&
    equal 'body' "$(get "$queue")" 'with headers' &&
    delete_queue "$queue" >/dev/null
}

heartbeat_step() {
  local queue consumer
  queue=$(named heartbeat)
  declare_queue "$queue" || return 1
  consume --heartbeat=1 -q "$queue" -c 1 cat >"$work/late" &
  consumer=$!
  sleep 5.5
  kill -0 "$consumer" || { reason='the idle consumer ended'; return 1; }
  publish "$queue" -b late && wait "$consumer" && equal 'delivered after the idle time' "$(cat "$work/late")" late &&
    equal 'left' "$(delete_queue "$queue")" 0
}

# fails_with TEXT COMMAND...: the command must fail, and its complaint must contain the text.
fails_with() {
  local text=$1 complaint
  shift
  if complaint=$("$@" 2>&1 >/dev/null); then
    reason="no $text"
    return 1
  fi
  [[ $complaint == *"$text"* ]] || { reason="got '$complaint', expected '$text'"; return 1; }
}

channel_error_step() {
  local queue
  queue=$(named twice)
  fails_with "channel error 404, message: NOT_FOUND - no queue" get "$(named absent)" &&
    declare_queue "$queue" -d &&
    fails_with "channel error 406, message: PRECONDITION_FAILED - inequivalent arg 'durable'" declare_queue "$queue" &&
    delete_queue "$queue" >/dev/null
}

restart_step() {
  local queue lines
  queue=$(named restart)
  lines=$(seq 1 50 | sed 's/^/message /')
  declare_queue "$queue" -d && publish "$queue" -p -l <<<"$lines" || return 1
  # The tools have no confirms, so what they published may be lost to a SIGKILL within a moment of it.
  sleep 1
  bash -c "$BROKER_RESTART" >&2 || { reason='the restart command failed'; return 1; }
  equal 'messages of before the restart' "$(consume -q "$queue" -c 50 cat)" "$lines" &&
    equal 'left' "$(delete_queue "$queue")" 0
}

step declare declare_step
step consume-ack consume_step
step unacked unacked_step
step get get_step
step prefetch prefetch_step
step large-body large_body_step
step headers headers_step
step heartbeat heartbeat_step
step channel-error channel_error_step
if [[ -n ${BROKER_RESTART:-} ]]; then
  step restart restart_step
else
  echo "SKIP $client: restart: BROKER_RESTART is not set"
fi
exit "$failed"
