source "$client_dir/../node-client.bash"
