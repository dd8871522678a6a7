# rabbit-hole, the library below Terraform's provider and many exporters. The module's checksums are committed.
source "$interop_dir/management-clients/management-client.bash"
mapfile -t steps < <(sed -n 's/^\tstep("\([a-z-]*\)", .*/\1/p' "$client_dir/main.go")
binary=$cache_dir/rabbit-hole-$(fingerprint "$client_dir"/*.go "$client_dir/go.mod" "$client_dir/go.sum")

missing() {
  missing_packages
  [[ -x $binary ]] && return 0
  missing_commands go
  echo "the program (go build in interop/management-clients/$client)"
}

install() {
  apt_install_commands go=golang-go
  (cd "$client_dir" && go build -o "$binary" .)
}

run() {
  export_urls
  TRAFFIC=$management_clients_dir/harness/traffic.mjs "$binary"
}
