#!/usr/bin/env bash
# Types at `warren` in a tmux of its own and reads the screen. It talks to the broker of the runner over its local socket.
set -u -o pipefail
warren=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/dist/src/main.js
terminal=warren-$$
work=$(mktemp -d -t warrenmq-terminal.XXXXXX)
queue=interop.command-line.$$
failed=0

if [[ ! -S $INTEROP_STATE/data/management.sock ]]; then
  for step in top confirmation prompt restore; do echo "SKIP command-line: $step: the broker has no local socket"; done
  exit 0
fi
export WARREN_DATA_DIR=$INTEROP_STATE/data HOME=$work TERM=xterm-256color

admin() { node "$warren" "$@"; }
typed() { tmux -L "$terminal" send-keys -t main "$@"; }
screen() { tmux -L "$terminal" capture-pane -p -t main; }

cleanup() {
  tmux -L "$terminal" kill-server 2>/dev/null
  admin queue delete "$queue" --yes -q 2>/dev/null
  admin user delete "$queue" --yes -q 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT

# until_shown PATTERN: waits until a line of the screen matches; prints the screen when none does in time.
until_shown() {
  local deadline=$((SECONDS + 20))
  until screen | grep -Eq -- "$1"; do
    if ((SECONDS > deadline)); then
      { echo "waited for: $1"; screen; } >&2
      return 1
    fi
    sleep 0.1
  done
}

# at_prompt: the shell is back and has printed the exit code of what was typed.
run_in_terminal() { typed "clear; $1; echo ended with \$?" Enter; }

report() {
  if "$1"; then echo "PASS command-line: $1"; else
    echo "FAIL command-line: $1: see the screen"
    failed=1
  fi
}

top() {
  run_in_terminal "node $warren top --interval 1" &&
    until_shown '^WarrenMQ [0-9.]+ +[^ ]+@' &&
    until_shown "^$queue +/ .* 3 " &&
    typed / && typed "no such name" Enter && until_shown '^0 queues  filter "no such name"' &&
    typed Escape && until_shown "^$queue" &&
    typed Tab && until_shown '^NAME.* USER ' &&
    typed Tab && typed r && until_shown 'READY▲' &&
    tmux -L "$terminal" resize-window -t main -x 60 -y 10 && until_shown '^NAME.*READY' &&
    tmux -L "$terminal" resize-window -t main -x 120 -y 30 && until_shown 'OUT *$'
}

# The terminal is as it was: the line is there again, typed text is shown, the cursor, too.
restore() {
  typed q && until_shown '^ended with 0' &&
    [[ $(tmux -L "$terminal" display-message -p -t main '#{alternate_on} #{cursor_flag}') == '0 1' ]] &&
    typed 'echo to see' && until_shown 'echo to see' && typed Enter &&
    run_in_terminal "node $warren top" && until_shown '^WarrenMQ' && typed C-c && until_shown '^ended with 0'
}

confirmation() {
  run_in_terminal "node $warren queue delete $queue" &&
    until_shown "^This will delete queue '$queue' in vhost '/': 3 messages" &&
    until_shown "^Type $queue to go on:" &&
    typed yes Enter && until_shown "that is not $queue: nothing was done" && until_shown '^ended with 1' &&
    [[ $(admin queue list -q --match "^$queue\$") == "$queue" ]] &&
    run_in_terminal "node $warren queue delete $queue" && until_shown "^Type $queue" &&
    typed C-c && until_shown '^ended with 130' &&
    run_in_terminal "node $warren queue delete $queue" && until_shown "^Type $queue" &&
    typed "$queue" Enter && until_shown '^Deleted queue' && until_shown '^ended with 0' &&
    [[ -z $(admin queue list -q --match "^$queue\$") ]]
}

prompt() {
  run_in_terminal "node $warren user add $queue --tag management" && until_shown '^New password:' &&
    typed 'a secret' Enter && until_shown '^Again:' && typed 'a secret' Enter &&
    until_shown "^Added user '$queue'" && ! screen | grep -q secret &&
    [[ $(admin ctl -q authenticate_user "$queue" 'a secret') == Success ]]
}

tmux -L "$terminal" -f /dev/null new-session -d -s main -x 120 -y 30 'PS1="$ " bash --norc' || exit 1
admin queue declare "$queue" -q && admin queue publish "$queue" x --count 3 -q || exit 1
for step in top restore confirmation prompt; do report "$step"; done
exit "$failed"
