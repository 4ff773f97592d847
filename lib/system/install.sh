#!/bin/sh
# Installs requirements: lib/system/install.sh <python> <environment's folder> <requirements>...
# The folder gets a copy of them when all is installed. In a lock, every package must have a hash.
set -eu
python=$1 environment=$2
shift 2

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
  echo "error: $python lacks venv or ensurepip; install them (on Debian: apt install $package)" \
    "or name another: make PYTHON=<path>" >&2
  exit 2
fi
# Two calls at a time would install into one folder.
if command -v flock >/dev/null; then
  exec 9>"$environment.lock"
  flock 9
  if [ -x "$environment/bin/python" ] &&
    cat "$@" | cmp -s - "$environment/requirements.lock"; then exit; fi
fi
echo "installing $* into $environment, once, a few minutes" >&2
rm -f "$environment/requirements.lock" "$environment"/bin/python*
"$python" -m venv "$environment"
log=$environment/install.log
case $1 in *.lock) hashes=--require-hashes ;; *) hashes= ;; esac
# shellcheck disable=SC2046,SC2086 # the names of files have no spaces
if ! "$environment/bin/python" -m pip install --disable-pip-version-check --no-input \
  $hashes $(printf -- '--requirement %s ' "$@") >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  echo "error: cannot install; all messages are in $log" >&2
  exit 2
fi
cat "$@" >"$environment/requirements.lock"
