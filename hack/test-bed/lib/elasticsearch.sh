# Elasticsearch: the real server, from the Maven artifact that Elastic's own integration tests use. It has Lucene, vectors
# and security, and few modules: es-shim adds the analysis that an index of ours and the index of API keys need.

ELASTICSEARCH_VERSION=9.5.3
ELASTICSEARCH_SHA256=bec49f3b8d00e75c8d1cec85c35298635ec9fbd3ae80ef5aeb6bc05abdb3db2d
ELASTICSEARCH_ARTIFACT=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$ELASTICSEARCH_VERSION:zip
ELASTICSEARCH_HEAP=512m
JAVA_MINIMUM=21

elasticsearch_home() { echo "$CACHE/bin/elasticsearch-$ELASTICSEARCH_VERSION"; }

# The server with the shim in its plugins, once for all beds.
elasticsearch_ensure() {
  local home
  home=$(elasticsearch_home)
  [[ ! -e $home/complete ]] || return 0
  command -v unzip >/dev/null || fail 'unzip is needed for Elasticsearch' 'Debian: apt-get install unzip'
  mkdir -p "$CACHE/bin"
  (
    flock 8 # two beds may come up at once
    [[ ! -e $home/complete ]] || exit 0
    rm -rf "$home" "$home.new"
    say "getting Elasticsearch $ELASTICSEARCH_VERSION (132 MB, kept for next time)"
    unzip -q "$(elasticsearch_archive)" -d "$home.new"
    mv "$home.new/elasticsearch-$ELASTICSEARCH_VERSION" "$home"
    rmdir "$home.new"
    build_english_shim "$home"
    touch "$home/complete"
  ) 8>"$CACHE/.elasticsearch.lock"
}

# Maven finds it wherever this machine gets its artifacts from. It has no checksum there, so ours is compared.
elasticsearch_archive() {
  local repository archive
  command -v mvn >/dev/null || fail 'Maven (mvn) is needed to get Elasticsearch' 'Debian: apt-get install maven'
  repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
  archive=$repository/org/elasticsearch/distribution/integ-test-zip/elasticsearch/$ELASTICSEARCH_VERSION/elasticsearch-$ELASTICSEARCH_VERSION.zip
  if [[ ! -f $archive ]]; then
    mkdir -p "$LOGS"
    mvn --batch-mode "-Dmaven.repo.local=$repository" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:get \
      -Dtransitive=false -Dartifact="$ELASTICSEARCH_ARTIFACT" >"$LOGS/elasticsearch-download.log" 2>&1 || {
      show_log "$LOGS/elasticsearch-download.log"
      fail "Maven could not get $ELASTICSEARCH_ARTIFACT"
    }
  fi
  echo "$ELASTICSEARCH_SHA256  $archive" | sha256sum --check --status ||
    fail "$archive is not the file it should be (SHA-256)" 'delete it and try again'
  echo "$archive"
}

build_english_shim() { # home
  local plugin=$1/plugins/english-shim classes java
  java=$(java_home)
  classes=$(mktemp -d)
  "$java/bin/javac" --release "$JAVA_MINIMUM" -cp "$1/lib/*" -d "$classes" "$HERE/es-shim/EnglishShim.java"
  mkdir -p "$plugin"
  "$java/bin/jar" --create --file "$plugin/english-shim.jar" -C "$classes" .
  sed "s/@ELASTICSEARCH_VERSION@/$ELASTICSEARCH_VERSION/; s/@JAVA_VERSION@/$JAVA_MINIMUM/" \
    "$HERE/es-shim/plugin-descriptor.properties" >"$plugin/plugin-descriptor.properties"
  rm -rf "$classes"
}

# A JDK that can compile the shim and run the server, wherever it is installed.
java_home() {
  local candidate
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home "$(java_of_path)"; do
    [[ -x $candidate/bin/javac ]] || continue
    if (($(java_major "$candidate") >= JAVA_MINIMUM)); then
      echo "$candidate"
      return
    fi
  done
  fail "a JDK of Java $JAVA_MINIMUM or newer is needed for Elasticsearch" 'Debian: apt-get install openjdk-21-jdk-headless, or set JAVA_HOME'
}

java_of_path() {
  local javac
  javac=$(command -v javac) || return 0
  dirname "$(dirname "$(readlink -f "$javac")")"
}

java_major() { # home
  "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
}

elasticsearch_start() {
  local folder home java as_somebody=()
  folder=$(service_folder elasticsearch) home=$(elasticsearch_home) java=$(java_home)
  make_elasticsearch_folder "$folder"
  elasticsearch_settings "$folder" >"$folder/config/elasticsearch.yml"
  # The server refuses to run as root. In a user namespace of its own it is not, and the files stay ours.
  if [[ $EUID == 0 ]]; then as_somebody=(unshare --user --map-user=1000 --map-group=1000); fi
  launch elasticsearch "${as_somebody[@]}" env ES_JAVA_HOME="$java" ES_PATH_CONF="$folder/config" \
    ES_TMPDIR="$folder/tmp" "$home/bin/elasticsearch"
}

elasticsearch_is_ready() { ask_elasticsearch /_cluster/health; }

# Its launcher passes the signal on and waits until the server has closed its files, which takes longer than `stop` would.
elasticsearch_stop() {
  local pid tries=0
  if pid=$(pid_of elasticsearch); then
    kill "$pid" 2>/dev/null || true
    while is_running elasticsearch && ((++tries < 300)); do sleep 0.1; done
  fi
  stop elasticsearch
}

elasticsearch_environment() {
  cat <<TEXT
SWARM_TEST_ELASTICSEARCH_URL=https://127.0.0.1:$(service_port elasticsearch)
SWARM_TEST_ELASTICSEARCH_USERNAME=elastic
SWARM_TEST_ELASTICSEARCH_PASSWORD=$(service_secret elasticsearch)
SWARM_TEST_ELASTICSEARCH_CA_FILE=$(service_folder elasticsearch)/config/ca.crt
TEXT
}

ask_elasticsearch() { # path
  curl --silent --show-error --fail --max-time 5 --cacert "$(service_folder elasticsearch)/config/ca.crt" \
    --user "elastic:$(service_secret elasticsearch)" "https://127.0.0.1:$(service_port elasticsearch)$1"
}

# Keystore with the password, certificate, Java settings; `complete` marks that all were made.
make_elasticsearch_folder() { # folder
  [[ ! -e $1/complete ]] || return 0
  rm -rf "${1:?}"/*
  chmod 700 "$1"
  mkdir -p "$1"/{config/jvm.options.d,data,logs,tmp}
  cp "$(elasticsearch_home)"/config/{jvm.options,log4j2.properties} "$1/config/"
  # These logs would go to the folder of the installation, which all beds share.
  sed -i "s|file=gc.log|file=$1/logs/gc.log|; s|hs_err_pid|$1/logs/hs_err_pid|" "$1/config/jvm.options"
  printf -- '-Xms%s\n-Xmx%s\n' "$ELASTICSEARCH_HEAP" "$ELASTICSEARCH_HEAP" >"$1/config/jvm.options.d/heap.options"
  elasticsearch_certificate "$1/config"
  service_secret elasticsearch | ES_JAVA_HOME=$(java_home) ES_PATH_CONF=$1/config \
    "$(elasticsearch_home)/bin/elasticsearch-keystore" add --stdin --force bootstrap.password >/dev/null
  touch "$1/complete"
}

elasticsearch_settings() { # folder
  cat <<YAML
cluster.name: swarm-$BED
node.name: swarm-$BED
discovery.type: single-node
network.host: 127.0.0.1
http.port: $(service_port elasticsearch)
# Nobody else joins: any free port of this range will do.
transport.port: 24000-27999
path.data: $1/data
path.logs: $1/logs
cluster.routing.allocation.disk.threshold_enabled: false
xpack.license.self_generated.type: basic
xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.authc.api_key.enabled: true
xpack.security.transport.ssl.enabled: false
xpack.security.http.ssl:
  enabled: true
  key: server.key
  certificate: server.crt
YAML
}

# An authority of its own: a client is to trust exactly this one.
elasticsearch_certificate() { # folder
  (
    umask 077
    cd "$1" || exit
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
      -subj "/CN=swarm-$BED-elasticsearch-ca" -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=elasticsearch -keyout server.key -out server.csr
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -out server.crt \
      -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost')
    rm server.csr
  ) 2>/dev/null
}
