# Container images of the bed, packed from files on this machine: nothing is pulled from a registry.

# Packs an image and makes it available to pods, unless that has been done with the same contents already.
# `--base` may name an image of the bed.
ensure_image() { # reference, options of images/pack.mjs
  local reference=$1 archive arguments=()
  shift
  while (($#)); do
    if [[ $1 == --base && ! -f ${2:-} ]]; then
      [[ -f $(image_record "${2:-}") ]] || fail "no image $2 to start from"
      arguments+=(--base "$(<"$(image_record "$2")")")
      shift 2
    else
      arguments+=("$1")
      shift
    fi
  done
  archive=$(node "$HERE/images/pack.mjs" --name "$reference" --cache "$CACHE/images" "${arguments[@]}") ||
    fail "could not pack $reference"
  load_image "$reference" "$archive"
}

image_record() { echo "$STATE/images/${1//[\/:]/_}"; }

load_image() { # reference archive
  local record
  record=$(image_record "$1")
  [[ -f ${2:-} ]] || fail "no such archive: ${2:-}"
  # Archives that `image` packed have their hash in their name. Others may have changed: load them again.
  if [[ -f $record && $(<"$record") == "$2" && $2 == "$CACHE/images/"* ]]; then return; fi
  case $MODE in
    node)
      enter_namespaces || fail 'the bed is not running: up'
      containers images import "$2" >/dev/null
      ;;
    kind) kind load image-archive --name "$KIND_NAME" "$2" >&2 ;;
    fake-node) return ;; # pods only pretend to run
    existing) fail 'images cannot be loaded into a cluster that is not ours: push them to a registry' ;;
  esac
  mkdir -p "$STATE/images"
  echo "$2" >"$record"
  say "loaded image $1"
}

ensure_images() {
  local busybox node library applet file arguments
  busybox=$(PATH=$PATH:/usr/sbin:/sbin command -v busybox) || fail 'busybox is needed' 'Debian: apt-get install busybox-static'

  arguments=(--file "$busybox:/bin/busybox" --directory /tmp:1777 --directory /etc --directory /root:700
    --file "$HERE/images/passwd:/etc/passwd" --file "$HERE/images/group:/etc/group")
  ensure_image swarm.test/pause:1 --file "$busybox:/bin/busybox" --entrypoint /bin/busybox --entrypoint sleep --entrypoint inf
  for applet in $("$busybox" --list); do
    [[ $applet == busybox ]] || arguments+=(--link "busybox:/bin/$applet")
  done
  ensure_image swarm.test/busybox:1 "${arguments[@]}" --entrypoint /bin/sh

  # Node as npm installed it, with the system libraries it is linked to.
  node=$(node_program)
  arguments=(--base swarm.test/busybox:1 --file "$node:/usr/local/bin/node")
  for library in $(ldd "$node" | grep -o '/[^ ]*'); do arguments+=(--file "$library:$library"); done
  ensure_image swarm.test/node:24 "${arguments[@]}" --entrypoint /usr/local/bin/node

  arguments=(--base swarm.test/node:24)
  for file in "$HERE"/images/trainer/*; do arguments+=(--file "$file:/app/${file##*/}"); done
  mkdir -p "$STATE/data"
  make_training_data "$node" "$STATE/data"
  for file in "$STATE"/data/*; do arguments+=(--file "$file:/app/data/${file##*/}"); done
  ensure_image swarm.test/trainer:1 "${arguments[@]}" --workdir /app --entrypoint /usr/local/bin/node --entrypoint /app/train.mjs
  ensure_tekton_images
}

# What the Dockerfile builds, without an engine: Node where a distroless image has it, the bundle, and the package with a
# native part that the bundle leaves outside. No shell, no package manager.
ensure_operator_image() {
  local root=$HERE/../.. node library file reference arguments
  reference=swarm-operator:$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
  [[ -f $root/dist/swarm.mjs ]] || fail 'dist/swarm.mjs is missing: make build'
  node=$(node_program)
  arguments=(--file "$node:/nodejs/bin/node" --file "$HERE/images/passwd:/etc/passwd" --file "$HERE/images/group:/etc/group" --directory /tmp:1777)
  while IFS= read -r file; do arguments+=(--file "$root/$file:/app/$file"); done < <(operator_files)
  for library in $( (cd "$root" && ldd "$node" node_modules/@duckdb/node-bindings-*/duckdb.node) | grep -o '/[^ ]*\.so[^ ]*' | grep -v node_modules | sort -u); do
    arguments+=(--file "$library:$library")
  done
  ensure_image "$reference" "${arguments[@]}" --user 65532:65532 --workdir /app --entrypoint /nodejs/bin/node --entrypoint /app/dist/swarm.mjs
  echo "$reference"
}

# Relative to the project: the bundle as the Dockerfile takes it, and DuckDB for this machine.
operator_files() {
  (
    cd "$HERE/../.." || exit
    find dist -name '*.mjs' -not -name 'kubectl-*' -not -path 'dist/cli/*' -type f
    find node_modules/@duckdb -type f -not -name '*.d.ts' -not -name '*.md' -not -name '*.map'
  ) | sort
}

make_training_data() { # node folder
  "$1" "$HERE/images/trainer/make-churn-data.mjs" 4000 7 >"$2/churn.csv"
  "$1" "$HERE/images/trainer/make-churn-data.mjs" 400 8 >"$2/churn-small.csv"
}

node_program() {
  local local_node=$HERE/../../node_modules/node/bin/node
  if [[ -x $local_node ]]; then
    (cd "${local_node%/*}" && echo "$PWD/node")
  elif (($(node --print 'process.versions.node.split(".")[0]') >= 24)); then
    node --print process.execPath
  else
    fail 'Node 24 is needed for the images: run npm ci first'
  fi
}
