source "$client_dir/../python-client.bash"
