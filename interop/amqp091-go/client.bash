# The module's checksums are committed; the binary is built again when a source changes.
binary=$cache_dir/amqp091-go-$(fingerprint "$client_dir"/*.go "$client_dir/go.mod" "$client_dir/go.sum")

missing() {
  [[ -x $binary ]] && return 0
  missing_commands go
  echo "the program (go build in interop/$client)"
}

install() {
  apt_install_commands go=golang-go
  (cd "$client_dir" && go build -o "$binary" .)
}

run() { "$binary"; }
