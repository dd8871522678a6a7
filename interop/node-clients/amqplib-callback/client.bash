source "$client_dir/../amqplib-client.bash"
