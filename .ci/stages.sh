# How a stage is run, limited, shown and counted. Sourced by .ci/run, which owns $work, $passed and $failed.

stage_groups=()

# stage NAME LIMIT_SECONDS FUNCTION [COUNTER]: the function runs in a process of its own, as the functions it may use
# were defined when it was called; with a counter, what it counted in the log is added, and nothing counted is a failure.
stage() {
  local name=$1 limit=$2 body=$3 counter=${4:-} started=$SECONDS log status=0
  log=$work/$(tr -c 'a-zA-Z0-9\n' '-' <<<"$name").log
  echo "=== $name"
  run_limited "$limit" "$body" >"$log" 2>&1 </dev/null || status=$?
  [[ -z $counter ]] || "$counter" "$log" || { echo "nothing was counted in: $name" | tee -a "$log"; [[ $status -ne 0 ]] || status=1; }
  if [[ $status -eq 0 ]]; then
    passed=$((passed + 1))
    echo "    passed in $((SECONDS - started)) s"
    tail -n 4 "$log" | sed 's/^/    | /'
  else
    failed=$((failed + 1))
    echo "    FAILED with status $status after $((SECONDS - started)) s; the end of its log:"
    tail -n 80 "$log" | cut -c 1-400 | sed 's/^/    | /'
    keep_failures "$name" "$log"
  fi
}

# keep_failures NAME LOG: what failed, in few lines, for the end of the whole output: whoever sees only that must know.
keep_failures() {
  {
    echo "--- $1"
    sed 's/\x1b\[[0-9;]*m//g' "$2" | grep -E '^ *(FAIL|×)|Error: |^FAIL |violation|lost|not ok' | head -n 30 | cut -c 1-300
    tail -n 5 "$2" | cut -c 1-300
  } >>"$work/failures"
}

show_failures() {
  [[ -e $work/failures ]] || return 0
  echo "=== what failed"
  sed 's/^/    | /' "$work/failures"
}

# run_limited LIMIT_SECONDS FUNCTION: status 124 when it was ended. A process group of its own, so that everything
# that it started can be ended with it.
run_limited() {
  local limit=$1 body=$2 pid timer status=0
  set -m
  "$body" &
  pid=$!
  stage_groups=("$pid")
  (
    trap 'kill "$nap" 2>/dev/null; exit' TERM
    sleep "$limit" & nap=$!
    wait "$nap"
    touch "$work/over"
    kill -s TERM -- "-$pid" 2>/dev/null
    sleep 15 & nap=$!
    wait "$nap"
    kill -s KILL -- "-$pid" 2>/dev/null
  ) &
  timer=$!
  stage_groups+=("$timer")
  set +m
  wait "$pid" || status=$?
  kill "$timer" 2>/dev/null
  wait "$timer" 2>/dev/null
  stage_groups=()
  if [[ -e $work/over ]]; then
    rm -f "$work/over"
    echo "over the limit of $limit s"
    status=124
  fi
  return "$status"
}

# end_stage: for when this script itself is told to end: a stage's own process group would not notice.
end_stage() {
  local group
  for group in "${stage_groups[@]}"; do
    kill -s TERM -- "-$group" 2>/dev/null
    for _ in $(seq 50); do
      kill -0 -- "-$group" 2>/dev/null || break
      sleep 0.2
    done
    kill -s KILL -- "-$group" 2>/dev/null
  done
}

# sum_before WORD: adds up the numbers before the word in the lines on stdin.
sum_before() {
  grep -oE "[0-9]+ $1" | awk '{ sum += $1 } END { print sum + 0 }'
}

# Vitest's summary, once for each of its runs: "Tests  1 failed | 41 passed (42)". A skipped test is a failure here.
counts_tests() {
  local lines ran_passed ran_failed
  lines=$(sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -E '^ *Tests +')
  ran_passed=$(sum_before passed <<<"$lines")
  ran_failed=$(($(sum_before failed <<<"$lines") + $(sum_before skipped <<<"$lines")))
  passed=$((passed + ran_passed))
  failed=$((failed + ran_failed))
  [[ $ran_passed -gt 0 ]]
}

# One line for each step of each client, and the runner's own FAIL lines.
counts_steps() {
  local ran_passed ran_failed
  ran_passed=$(grep -cE '^PASS [a-z0-9-]+: ' "$1")
  ran_failed=$(grep -cE '^FAIL [a-z0-9-]+: ' "$1")
  passed=$((passed + ran_passed))
  failed=$((failed + ran_failed))
  [[ $ran_passed -gt 0 ]]
}
