# What the clients installed from this folder's own lock file share.
node_clients_dir=$interop_dir/node-clients

# npm writes this file last: when it is older than the lock, the installation is not that of the lock.
is_installed() {
  [[ $node_clients_dir/node_modules/.package-lock.json -nt $node_clients_dir/package-lock.json ]]
}

missing() {
  missing_commands node npm
  is_installed || echo 'interop/node-clients/node_modules (npm ci there)'
}

install() {
  is_installed || (cd "$node_clients_dir" && npm ci --no-audit --no-fund)
}

run() { node "$client_dir/client.mjs"; }
