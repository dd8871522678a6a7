# RubyGems is not needed: Debian packages the library.
missing() {
  missing_commands ruby
  ruby -e 'require "bunny"' 2>/dev/null || echo 'the Debian package ruby-bunny'
}

install() { apt_install ruby ruby-bunny; }

run() { ruby "$client_dir/client.rb"; }
