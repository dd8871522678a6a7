#!/usr/bin/env bash
# The address of the metrics is in the ready line of the broker that the runner started; one that is not ours has none.
set -u -o pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d -t warrenmq-prometheus.XXXXXX)
metrics=$(grep -o 'http://[^ ,]*/metrics' "$INTEROP_STATE/stdout.log" | tail -n 1)
server=''
failed=0

if [[ -z $metrics ]]; then
  for step in check-metrics check-rules scrape; do echo "SKIP prometheus: $step: the broker has no metrics"; done
  exit 0
fi

cleanup() {
  [[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

report() {
  if "$2" >"$work/out" 2>&1; then
    echo "PASS prometheus: $1"
  else
    failed=1
    echo "FAIL prometheus: $1: $(tail -n 3 "$work/out" | tr '\n' ' ')"
  fi
}

check_metrics() {
  local path
  for path in '' /per-object '/detailed?family=queue_coarse_metrics&family=queue_metrics&family=exchange_bindings'; do
    curl -sSf "$metrics$path" | promtool check metrics || return 1
  done
}

check_rules() { promtool check rules "$root/src/management/prometheus/alert-rules.yaml"; }

# query EXPRESSION: the value of its only sample.
query() { promtool query instant "http://127.0.0.1:$port" "$1" | sed -n 's/.* => \([^ ]*\) @.*/\1/p'; }

# until_is VALUE EXPRESSION
until_is() {
  local deadline=$((SECONDS + 60))
  until [[ $(query "$2") == "$1" ]]; do
    ((SECONDS <= deadline)) || { echo "$2 is '$(query "$2")', not $1"; return 1; }
    sleep 1
  done
}

scrape() {
  local address=${metrics#http://}
  cat >"$work/prometheus.yml" <<YAML
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['$root/src/management/prometheus/alert-rules.yaml']
scrape_configs:
  - job_name: warrenmq
    static_configs: [{ targets: ['${address%%/*}'] }]
YAML
  port=$((20000 + RANDOM % 10000))
  prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
    --web.listen-address="127.0.0.1:$port" >"$work/server.log" 2>&1 &
  server=$!
  until_is 1 'up{job="warrenmq"}' &&
    until_is 1 'count(rabbitmq_identity_info)' &&
    until_is 0 'sum(rabbitmq_alarms_memory_used_watermark)' &&
    # As the panels of RabbitMQ's dashboard do: exactly one identity for each target.
    until_is 1 'count(rabbitmq_queues * on(instance, job) group_left(rabbitmq_cluster, rabbitmq_node) rabbitmq_identity_info)' &&
    # Rules whose expression is wrong would be counted here.
    until_is 0 'sum(prometheus_rule_evaluation_failures_total) or vector(0)'
}

report check-metrics check_metrics
report check-rules check_rules
report scrape scrape
exit "$failed"
