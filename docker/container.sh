#!/usr/bin/env bash
# Runs the project's programs in Docker:
#   docker/container.sh cpu|cuda choose                      print docker or local, see `choose`
#   docker/container.sh cpu|cuda ready                       build the image if there is none
#   docker/container.sh cpu|cuda run [--online] <program>... run a program of its environment
#   docker/container.sh cpu|cuda image                       build the image
#   docker/container.sh cpu|cuda shell                       look around in it
set -euo pipefail
cd -P "${BASH_SOURCE[0]%/*}/.."

kind=$1
name=generative-models-reproduction
WORK_DIR=${WORK_DIR:-}
WORK_DIR=${WORK_DIR/#\~/$HOME}

# The image is built again when its Dockerfile or its requirements change.
tag() {
  local installed
  installed=$(cat Dockerfile requirements.lock requirements-cuda.lock | sha256sum)
  echo "$name:$kind-${installed:0:12}"
}

fail() {
  echo "error: $1" >&2
  exit 2
}

gpu_answers() {
  [[ $(nvidia-smi -L 2>/dev/null) = GPU* ]]
}

# Sets `user` and `gpus` for the engine. If it cannot run the image, sets `reason` and fails.
query_engine() {
  local answer architecture runtimes security
  if ! command -v docker >/dev/null; then
    reason="there is no docker command; install Docker, or use RUNTIME=local"
    return 1
  fi
  local facts='{{.Architecture}}|{{range $name, $_ := .Runtimes}}{{$name}} {{end}}|{{.SecurityOptions}}'
  if ! answer=$(timeout 5 docker info --format "engine|$facts" 2>&1); then
    reason="Docker's engine does not answer; start it, or use RUNTIME=local"
    [[ ${answer,,} != *"permission denied"* ]] ||
      reason="you may not use Docker's socket; join the group docker, or use RUNTIME=local"
    return 1
  fi
  IFS='|' read -r _ architecture runtimes security <<<"$(grep '^engine|' <<<"$answer")"
  if [[ $architecture != x86_64 && $architecture != amd64 ]]; then
    reason="the image is for x86_64 and this machine is $architecture; use RUNTIME=local"
    return 1
  fi
  gpus=()
  if [[ $kind = cuda ]] && gpu_answers; then
    if [[ " $runtimes" != *" nvidia "* ]]; then
      reason="Docker lacks the NVIDIA runtime; install nvidia-container-toolkit, or use CUDA=0"
      return 1
    fi
    gpus=(--gpus all)
  fi
  # In a rootless engine, root is the caller.
  user=$(id -u):$(id -g)
  [[ $security != *rootless* ]] || user=0:0
}

build() {
  docker build --build-arg "CUDA=$([[ $kind = cuda ]] && echo 1 || echo 0)" \
    --tag "$(tag)" --tag "$name:$kind" .
}

# Builds the image if there is none. If that fails, sets `reason` and fails.
have_image() {
  local log="${WORK_DIR:-.}/build/image.log"
  if docker image inspect "$(tag)" >/dev/null 2>&1; then return; fi
  echo "building the image $(tag), once, some minutes" >&2
  mkdir -p "${log%/*}"
  if build >"$log" 2>&1; then return; fi
  reason="the image cannot be built: $(tail -n 1 "$log") (all messages: $log)"
  return 1
}

# Prints where to train with RUNTIME=auto: docker if there is a GPU and Docker can use it, once the
# image is there. Without a GPU, an image of several gigabytes has no advantage.
choose() {
  if [[ $kind != cuda ]] || ! gpu_answers || ! command -v docker >/dev/null; then
    echo local
  elif query_engine && have_image; then
    echo docker
  else
    echo "training without Docker: $reason" >&2
    echo local
  fi
}

ready() {
  query_engine && have_image || fail "$reason"
}

# Prints the value of --mount, which Docker parses as CSV: a path may have commas and quotes.
bind() {
  local quoted=${1//\"/\"\"}
  echo "type=bind,\"source=$quoted\",\"target=$quoted\""
}

# Adds a file or folder outside of the repository to `mounts`, under the same path.
mount() {
  if [[ $1/ != "$PWD"/* ]]; then mounts+=(--mount "$(bind "$1")${2:-}"); fi
}

# run_in <docker's options> -- <program>: runs as the caller, who can write only the repository and
# WORK_DIR, and read what FACES, IMAGES and DIGITS name.
run_in() {
  local options=() program=() argument path
  local mounts=(--mount "$(bind "$PWD")")
  while [[ $1 != -- ]]; do options+=("$1") && shift; done
  shift
  query_engine || fail "$reason"
  if [[ -n $WORK_DIR ]]; then
    path=$(realpath -m -- "$WORK_DIR")
    mkdir -p "$path"
    mount "$path"
    options+=(--env "WORK_DIR=$path")
  fi
  for argument in "$@"; do
    if [[ $argument =~ ^(FACES|IMAGES|DIGITS)=(.+)$ && -e ${BASH_REMATCH[2]/#\~/$HOME} ]]; then
      path=$(realpath -- "${BASH_REMATCH[2]/#\~/$HOME}")
      mount "$path" ,readonly
      argument=${BASH_REMATCH[1]}=$path
    fi
    program+=("$argument")
  done
  exec docker run --rm --init --read-only --tmpfs /tmp:exec --env HOME=/tmp --user "$user" \
    "${gpus[@]}" "${mounts[@]}" --workdir "$PWD" "${options[@]}" \
    --entrypoint "${program[0]}" "$(tag)" "${program[@]:1}"
}

case $2 in
  choose | ready) "$2" ;;
  image)
    query_engine || fail "$reason"
    build
    ;;
  shell)
    ready
    run_in --interactive --tty -- bash
    ;;
  run)
    shift 2
    network=none
    if [[ $1 = --online ]]; then
      network=bridge
      shift
    fi
    run_in --network "$network" -- "/opt/venv/bin/$1" "${@:2}"
    ;;
esac
