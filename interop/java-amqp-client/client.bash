# Maven compiles and copies the dependencies beside the classes, so that running needs Java alone.
build_dir=$cache_dir/java-amqp-client-$(fingerprint "$client_dir/pom.xml" "$client_dir"/src/main/java/*.java)

missing() {
  missing_commands java
  [[ -f $build_dir/complete ]] && return 0
  missing_commands mvn javac
  echo "the program (mvn package in interop/$client)"
}

install() {
  apt_install_commands javac=default-jdk-headless mvn=maven &&
    mvn --batch-mode --quiet --file "$client_dir/pom.xml" "-DbuildDirectory=$build_dir" compile dependency:copy-dependencies &&
    touch "$build_dir/complete"
}

run() { java -Xmx256m -XX:+UseSerialGC -cp "$build_dir/classes:$build_dir/dependency/*" Client; }
