# What every client.bash may use: where things are, how a missing tool is named, how Debian packages are installed.
# The runner sources this file, then the client's client.bash, in a process of their own (see client-action).

interop_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Toolchain output lives outside the tree: linters never see it, and every checkout shares it.
cache_dir=${WARREN_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/warrenmq-interop}

# The steps that every client reports. A client that cannot do one (its library has no call for it) replaces the list.
all_steps=(declare publish-confirm consume-ack reject get return prefetch tx large-body headers heartbeat channel-error restart)
steps=("${all_steps[@]}")
time_limit_seconds=120

# all_steps_without NAME...: every step except the named ones.
all_steps_without() {
  local step
  for step in "${all_steps[@]}"; do
    [[ " $* " == *" $step "* ]] || printf '%s\n' "$step"
  done
}

# missing_commands NAME...: prints those that are not on the PATH.
missing_commands() {
  local name
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 || printf 'command %s\n' "$name"
  done
}

# apt_install PACKAGE...: installs what is not yet installed; the package lists are fetched once an hour at most.
apt_install() {
  local package absent=()
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || absent+=("$package")
  done
  [[ ${#absent[@]} -gt 0 ]] || return 0
  mkdir -p "$cache_dir"
  if [[ -z $(find "$cache_dir/apt-updated" -mmin -60 2>/dev/null) ]]; then
    apt-get update && touch "$cache_dir/apt-updated"
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${absent[@]}"
}

# apt_install_commands COMMAND=PACKAGE...: installs the package of each command that is not there from any source.
apt_install_commands() {
  local pair wanted=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null 2>&1 || wanted+=("${pair#*=}")
  done
  [[ ${#wanted[@]} -eq 0 ]] || apt_install "${wanted[@]}"
}

# fingerprint FILE...: changes when any of the files changes; names what was installed from them.
fingerprint() {
  cat "$@" | sha256sum | cut -c 1-16
}
