# What the two amqplib clients share: amqplib comes with the package's own development dependencies.
# amqplib has no call for the tx class.
mapfile -t steps < <(all_steps_without tx)
repository_dir=$(cd "$interop_dir/.." && pwd)

missing() {
  missing_commands node
  [[ -f $repository_dir/node_modules/amqplib/package.json ]] || echo 'node_modules (npm ci)'
}

install() {
  [[ -f $repository_dir/node_modules/amqplib/package.json ]] || (cd "$repository_dir" && npm ci)
}

run() { node "$client_dir/client.mjs"; }
