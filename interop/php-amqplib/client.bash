# Packagist is not needed: Debian packages the library. The heartbeat sender uses signals, which php-cli brings.
missing() {
  missing_commands php
  [[ -f /usr/share/php/PhpAmqpLib/autoload.php ]] || echo 'the Debian package php-amqplib'
}

install() { apt_install php-cli php-amqplib; }

# Debian's 3.5 predates PHP 8.2's notices about implicitly nullable parameters and dynamic properties.
run() { php -d error_reporting='E_ALL & ~E_DEPRECATED' -d display_errors=stderr -d memory_limit=512M "$client_dir/client.php"; }
