# RabbitMQ's own tool out of Debian's package: from the installed one, or else from the package's archive, without
# installing it (its service would start). The tool stays outside this repository.
source "$interop_dir/management-clients/management-client.bash"
mapfile -t steps < <(sed -n 's/^@step("\([a-z-]*\)")$/\1/p' "$client_dir/client.py")
time_limit_seconds=240
extracted=$cache_dir/rabbitmqadmin-v1

tool() { find /usr/lib/rabbitmq/lib "$extracted" -path '*/cli/rabbitmqadmin' 2>/dev/null | head -n 1; }

missing() {
  missing_packages python3
  [[ -n $(tool) ]] || echo "rabbitmqadmin (in Debian's package rabbitmq-server)"
}

install() {
  local archive
  apt_install python3 || return 1
  [[ -z $(tool) ]] || return 0
  mkdir -p "$extracted" && cd "$extracted" && apt-get update && apt-get download rabbitmq-server || return 1
  archive=$(find "$extracted" -name 'rabbitmq-server_*.deb' | head -n 1)
  dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$extracted" --wildcards '*/cli/rabbitmqadmin'
  rm -f "$archive"
}

run() { run_python "$(tool)"; }
