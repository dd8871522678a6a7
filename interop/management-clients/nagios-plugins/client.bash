# nagios-plugins-rabbitmq as Debian packages it.
source "$interop_dir/management-clients/management-client.bash"
mapfile -t steps < <(sed -n 's/^@step("\([a-z-]*\)")$/\1/p' "$client_dir/client.py")

missing() { missing_packages python3 check_rabbitmq_server check_rabbitmq_shovels; }

install() { apt_install_commands python3=python3 check_rabbitmq_server=nagios-plugins-rabbitmq; }

run() { run_python; }
