# librabbitmq's command line tools: they have no confirms, returns, transactions or rejects; what they leave unacked
# comes back when they end.
mapfile -t steps < <(all_steps_without publish-confirm return tx reject)
steps+=(unacked)

missing() { missing_commands amqp-publish amqp-consume amqp-get amqp-declare-queue amqp-delete-queue; }

install() { apt_install amqp-tools; }

run() { bash "$client_dir/steps.bash"; }
