# `warren top`, typed confirmations and prompts, as a person at a terminal has them: tmux is the terminal.
steps=(top confirmation prompt restore)
time_limit_seconds=120

missing() { missing_commands tmux; }

install() { apt_install tmux; }

run() { bash "$client_dir/steps.bash"; }
