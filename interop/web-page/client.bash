# The management page in a real Chromium. It starts a broker of its own, with its management port; the AMQP clients' broker is
# left alone.
mapfile -t steps < <(sed -n "s/^  \['\([a-z-]*\)', .*/\1/p" "$client_dir/main.ts")
time_limit_seconds=600
repository_dir=$(cd "$interop_dir/.." && pwd)

missing() {
  missing_commands node
  [[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || echo 'chromium'
  [[ -f $repository_dir/node_modules/playwright-core/package.json ]] || echo 'node_modules (npm ci)'
  [[ -f $repository_dir/dist/interop/web-page/main.js && -f $repository_dir/dist/src/management/page/index.html ]] ||
    echo 'dist (npm run build)'
}

install() {
  [[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || apt_install chromium fonts-dejavu-core || return 1
  [[ -f $repository_dir/node_modules/playwright-core/package.json ]] || (cd "$repository_dir" && npm ci) || return 1
  [[ -f $repository_dir/dist/interop/web-page/main.js && -f $repository_dir/dist/src/management/page/index.html ]] ||
    (cd "$repository_dir" && npm run build)
}

run() { node "$repository_dir/dist/interop/web-page/main.js"; }
