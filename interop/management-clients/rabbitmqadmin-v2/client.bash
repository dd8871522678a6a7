# rabbitmqadmin-ng from crates.io, with its own lock file. Built without optimisation: that is a third of the time.
source "$interop_dir/management-clients/management-client.bash"
version=2.35.0
mapfile -t steps < <(sed -n 's/^@step("\([a-z-]*\)")$/\1/p' "$client_dir/client.py")
time_limit_seconds=240
installed=$cache_dir/rabbitmqadmin-$version

missing() {
  missing_packages python3
  [[ -x $installed/bin/rabbitmqadmin ]] && return 0
  missing_commands cargo
  echo "rabbitmqadmin $version (cargo install)"
}

install() {
  apt_install_commands python3=python3 cargo=cargo cc=gcc cmake=cmake
  CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 cargo install rabbitmqadmin --locked --version "$version" --no-default-features --debug --quiet --root "$installed"
}

run() { run_python "$installed/bin/rabbitmqadmin"; }
