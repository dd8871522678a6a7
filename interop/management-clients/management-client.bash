# What the clients of the management API share: where the broker answers HTTP, and AMQP traffic to look at meanwhile.
management_clients_dir=$interop_dir/management-clients

# With --against, MANAGEMENT_URL and PROMETHEUS_URL name the other broker's; ours says its own in its ready line.
ready_line_url() { grep -oE 'http://[0-9.:]+' "$INTEROP_STATE/stdout.log" | sed -n "$1p"; }

export_urls() {
  export MANAGEMENT_URL=${MANAGEMENT_URL:-$(ready_line_url 1)} PROMETHEUS_URL=${PROMETHEUS_URL:-$(ready_line_url 2)}
}

missing_packages() {
  [[ -f $interop_dir/../node_modules/amqplib/package.json ]] || echo 'node_modules (npm ci)'
  missing_commands node "$@"
}

run_python() {
  export_urls
  PYTHONPATH=$management_clients_dir/harness:$interop_dir/python-clients/harness PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    python3 "$client_dir/client.py" "$@"
}
