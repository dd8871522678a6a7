source "$client_dir/../python-client.bash"

steps=(round-trip large-body headers error retry reply-queue countdown rate-of-one remote-control ack-late worker-restart heartbeat restart)
time_limit_seconds=180
