# The lock file is committed; cargo keeps its own record of what is built, in a directory outside the tree.
binary=$cache_dir/lapin-$(fingerprint "$client_dir/src/main.rs" "$client_dir/Cargo.toml" "$client_dir/Cargo.lock")

missing() {
  [[ -x $binary ]] && return 0
  missing_commands cargo
  echo "the program (cargo build in interop/$client)"
}

install() {
  apt_install_commands cargo=cargo cc=gcc
  (cd "$client_dir" && CARGO_TARGET_DIR=$cache_dir/lapin-target cargo build --locked --quiet) &&
    cp "$cache_dir/lapin-target/debug/lapin-client" "$binary"
}

run() { "$binary"; }
