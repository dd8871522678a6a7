# promtool and a Prometheus that scrapes the broker for a minute, both from Debian's package.
source "$interop_dir/management-clients/management-client.bash"
mapfile -t steps < <(sed -n 's/^ *@step("\([a-z-]*\)")$/\1/p' "$client_dir/client.py")
time_limit_seconds=240

missing() { missing_packages python3 prometheus promtool; }

# The package starts a service where it can: that one is stopped, but only if we brought it.
install() {
  apt_install_commands python3=python3 || return 1
  command -v prometheus >/dev/null 2>&1 && return 0
  apt_install prometheus || return 1
  if command -v systemctl >/dev/null && systemctl is-active --quiet prometheus; then
    systemctl stop prometheus
  elif service prometheus status >/dev/null 2>&1; then
    service prometheus stop
  fi
}

run() { run_python; }
