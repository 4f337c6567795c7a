# MinIO, the object store of tests and demo.

minio_ensure() { ensure_binaries minio; }

minio_start() {
  local folder
  folder=$(service_folder minio)
  launch minio env MINIO_ROOT_USER=swarm-test MINIO_ROOT_PASSWORD="$(service_secret minio)" MINIO_BROWSER=off MINIO_UPDATE=off \
    "$(binary minio)" server --quiet --certs-dir "$folder/certificates" --address "127.0.0.1:$(service_port minio)" "$folder/data"
}

minio_is_ready() { curl --silent --fail --max-time 2 "http://127.0.0.1:$(service_port minio)/minio/health/ready"; }

minio_environment() {
  echo "SWARM_TEST_S3_ENDPOINT=http://127.0.0.1:$(service_port minio)"
  echo 'SWARM_TEST_S3_ACCESS_KEY=swarm-test'
  echo "SWARM_TEST_S3_SECRET_KEY=$(service_secret minio)"
}
