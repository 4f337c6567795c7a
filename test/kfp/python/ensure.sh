#!/usr/bin/env bash
# Prints the path of a Python that has the real Kubeflow Pipelines client and command line; installs them on first use
# into a virtual environment below the user's cache.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
requirements="$here/requirements.txt"
version="$(sha256sum "$requirements" | cut -c1-12)"
home="${XDG_CACHE_HOME:-$HOME/.cache}/swarm/python/kfp-$version"

if [[ ! -f "$home/.complete" ]]; then
  command -v python3 >/dev/null || { echo "python3 is missing: the tests with the real kfp client need Python 3.10 or later" >&2; exit 3; }
  python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 has no venv or ensurepip (Debian and Ubuntu: apt-get install python3-venv)" >&2; exit 3; }
  rm -rf "$home"
  mkdir -p "$(dirname "$home")"
  nice -n 19 python3 -m venv "$home"
  nice -n 19 "$home/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
  touch "$home/.complete"
fi
echo "$home/bin/python"
