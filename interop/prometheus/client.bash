# Prometheus itself: its tool judges what it would scrape, and the server scrapes the broker and answers what the
# alert rules ask.
steps=(check-metrics check-rules scrape)
time_limit_seconds=180

missing() { missing_commands promtool prometheus curl; }

install() { apt_install_commands promtool=prometheus prometheus=prometheus curl=curl; }

run() { bash "$client_dir/steps.bash"; }
