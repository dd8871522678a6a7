# A real RabbitMQ for the conversations: Debian's package, an instance of our own on loopback with its own ports,
# directories and port mapper. Sourced by .ci/run, which owns $work; everything is kept in files there, because stages
# are processes of their own.

rabbitmq_scripts=/usr/lib/rabbitmq/bin
rabbitmq_dir=$work/rabbitmq
mkdir -p "$rabbitmq_dir"
read -r rabbitmq_port rabbitmq_management_port rabbitmq_distribution_port rabbitmq_mapper_port < <(node -e '
  const servers = [1, 2, 3, 4].map(() => require("node:net").createServer());
  const listening = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  Promise.all(servers.map(listening)).then(() => {
    console.log(servers.map((server) => server.address().port).join(" "));
    for (const server of servers) server.close();
  });')

with_rabbitmq_environment() {
  env HOME="$rabbitmq_dir" ERL_EPMD_PORT="$rabbitmq_mapper_port" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_NODENAME=ci@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$rabbitmq_port" \
    RABBITMQ_DIST_PORT="$rabbitmq_distribution_port" RABBITMQ_MNESIA_BASE="$rabbitmq_dir/mnesia" \
    RABBITMQ_LOG_BASE="$rabbitmq_dir/log" RABBITMQ_ENABLED_PLUGINS_FILE="$rabbitmq_dir/plugins" \
    RABBITMQ_CONFIG_FILE="$rabbitmq_dir/rabbitmq.conf" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' "$@"
}

# The package starts a service where it can: that one is stopped, but only if we brought it.
rabbitmq_install() {
  [[ -x $rabbitmq_scripts/rabbitmq-server ]] && return 0
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends rabbitmq-server || return 1
  if command -v systemctl >/dev/null && systemctl is-active --quiet rabbitmq-server; then
    systemctl stop rabbitmq-server
  elif service rabbitmq-server status >/dev/null 2>&1; then
    service rabbitmq-server stop
  fi
}

# The pid in the file is the virtual machine's own: what the shell started is a script in front of it.
rabbitmq_start() {
  local deadline=$((SECONDS + 90)) control=$rabbitmq_scripts/rabbitmqctl
  # What the conversations of exchange-types/ and event-exchange/ and the definitions need; all of it is in the package.
  echo '[rabbitmq_consistent_hash_exchange, rabbitmq_event_exchange, rabbitmq_management, rabbitmq_random_exchange,
    rabbitmq_recent_history_exchange, rabbitmq_sharding].' >"$rabbitmq_dir/plugins"
  printf 'management.tcp.%s\n' 'ip = 127.0.0.1' "port = $rabbitmq_management_port" >"$rabbitmq_dir/rabbitmq.conf"
  with_rabbitmq_environment setsid "$rabbitmq_scripts/rabbitmq-server" >"$rabbitmq_dir/out.log" 2>&1 </dev/null &
  until with_rabbitmq_environment timeout 60 "$control" eval 'os:getpid().' 2>/dev/null | tr -d '"' | grep -x '[0-9]*' >"$rabbitmq_dir/pid" &&
    with_rabbitmq_environment timeout 90 "$control" await_startup; do
    if ((SECONDS > deadline)); then
      tail -n 30 "$rabbitmq_dir/out.log"
      return 1
    fi
    sleep 1
  done
}

# Tracing is no part of definitions: the vhost of the conversations of firehose/ is switched on here.
rabbitmq_import() {
  with_rabbitmq_environment timeout 120 "$rabbitmq_scripts/rabbitmqctl" import_definitions "$1" &&
    with_rabbitmq_environment timeout 60 "$rabbitmq_scripts/rabbitmqctl" trace_on -p conversations-traced
}

# Prints a script that is rabbitmqctl for this instance, for programs that are not part of this one.
rabbitmq_control_script() {
  echo '#!/usr/bin/env bash'
  declare -p rabbitmq_scripts rabbitmq_dir rabbitmq_port rabbitmq_distribution_port rabbitmq_mapper_port
  declare -f with_rabbitmq_environment
  echo 'with_rabbitmq_environment "$rabbitmq_scripts/rabbitmqctl" "$@"'
}

# Ends the instance and its port mapper; harmless when neither was started.
rabbitmq_stop() {
  local pid
  [[ -e $rabbitmq_dir/pid ]] || return 0
  pid=$(cat "$rabbitmq_dir/pid")
  rm -f "$rabbitmq_dir/pid"
  if [[ -n $pid ]]; then
    kill -s TERM "$pid" 2>/dev/null
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.2
    done
    kill -s KILL "$pid" 2>/dev/null
  fi
  # Only this instance's mapper listens on that port; it ends when nothing is registered with it any more.
  with_rabbitmq_environment epmd -kill >/dev/null 2>&1
  return 0
}
