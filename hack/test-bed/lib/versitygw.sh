# versitygw, a second S3 server: what works with both does not depend on the habits of one.

versitygw_ensure() { ensure_binaries versitygw; }

versitygw_start() {
  local folder
  folder=$(service_folder versitygw)
  mkdir -p "$folder/data" "$folder/versions"
  launch versitygw env ROOT_ACCESS_KEY=swarm-test ROOT_SECRET_KEY="$(service_secret versitygw)" \
    "$(binary versitygw)" --port "127.0.0.1:$(service_port versitygw)" --health /health --quiet posix --versioning-dir "$folder/versions" "$folder/data"
}

versitygw_is_ready() { curl --silent --fail --max-time 2 "http://127.0.0.1:$(service_port versitygw)/health"; }

versitygw_environment() {
  echo "SWARM_TEST_S3_SECOND_ENDPOINT=http://127.0.0.1:$(service_port versitygw)"
  echo 'SWARM_TEST_S3_SECOND_ACCESS_KEY=swarm-test'
  echo "SWARM_TEST_S3_SECOND_SECRET_KEY=$(service_secret versitygw)"
}
