# What the Python clients share: one virtual environment, named after the contents of requirements.txt.
python_clients_dir=$interop_dir/python-clients
environment_dir=$cache_dir/python-$(fingerprint "$python_clients_dir/requirements.txt")

missing() {
  missing_commands python3
  [[ -f $environment_dir/complete ]] || echo 'the virtual environment (interop/python-clients/requirements.txt)'
}

install() {
  # Debian keeps the module that makes environments in a package of its own.
  python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install python3 python3-venv
  python3 -m venv --clear "$environment_dir" &&
    "$environment_dir/bin/pip" install --quiet --requirement "$python_clients_dir/requirements.txt" &&
    touch "$environment_dir/complete"
}

run() {
  PYTHONPATH=$python_clients_dir/harness PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 "$environment_dir/bin/python" "$client_dir/client.py"
}
