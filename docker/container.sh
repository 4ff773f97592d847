#!/usr/bin/env bash
# Docker as the place where the project's programs run. The Makefile calls
#   docker/container.sh cpu|cuda choose auto|docker          print docker or local, see `choose`
#   docker/container.sh cpu|cuda run [--online] <program>... run a program of the image
#   docker/container.sh cpu|cuda image                       build the image
#   docker/container.sh cpu|cuda shell                       look around in it
set -euo pipefail
cd -P "${BASH_SOURCE[0]%/*}/.."

kind=$1
name=generative-models-reproduction
WORK_DIR=${WORK_DIR:-}
WORK_DIR=${WORK_DIR/#\~/$HOME}

# The image is built again when what it consists of is another.
tag() {
  local installed
  installed=$(cat Dockerfile requirements.lock requirements-cuda.lock | sha256sum)
  echo "$name:$kind-${installed:0:12}"
}

fail() {
  echo "error: $1" >&2
  exit 2
}

# Sets `user` and `gpus` for the engine; where it cannot run the image, sets `reason` and fails.
ask_engine() {
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
  if [[ $kind = cuda && $(nvidia-smi -L 2>/dev/null) = GPU* ]]; then
    if [[ " $runtimes" != *" nvidia "* ]]; then
      reason="Docker lacks the NVIDIA runtime; install nvidia-container-toolkit, or use CUDA=0"
      return 1
    fi
    gpus=(--gpus all)
  fi
  # A rootless engine's root is who calls it.
  user=$(id -u):$(id -g)
  [[ $security != *rootless* ]] || user=0:0
}

build() {
  docker build --build-arg "CUDA=$([[ $kind = cuda ]] && echo 1 || echo 0)" \
    --tag "$(tag)" --tag "$name:$kind" .
}

# Makes sure that the image is there; where it cannot be had, sets `reason` and fails.
have_image() {
  local log="${WORK_DIR:-.}/build/image.log"
  if docker image inspect "$(tag)" >/dev/null 2>&1; then return; fi
  echo "building the image $(tag), once, some minutes" >&2
  mkdir -p "${log%/*}"
  if build >"$log" 2>&1; then return; fi
  reason="the image cannot be built: $(tail -n 1 "$log") (all messages: $log)"
  return 1
}

# Prints docker once engine and image are ready. Else, where Docker is a must, fails with one line,
# and where it is not, prints local, and tells why not if there is a Docker at all.
choose() {
  if ask_engine && have_image; then
    echo docker
  elif [[ $1 = docker ]]; then
    fail "$reason"
  else
    if command -v docker >/dev/null; then echo "training without Docker: $reason" >&2; fi
    echo local
  fi
}

# Adds a file or folder outside of the repository to `mounts`, under the path that it has here.
mount() {
  if [[ $1/ != "$PWD"/* ]]; then mounts+=(--mount "type=bind,source=$1,target=$1${2:-}"); fi
}

# run_in <docker's options> -- <program>: only the repository and WORK_DIR can be written, as the
# caller; what FACES and DIGITS name can be read.
run_in() {
  local options=() program=() word path
  local mounts=(--mount "type=bind,source=$PWD,target=$PWD")
  while [[ $1 != -- ]]; do options+=("$1") && shift; done
  shift
  ask_engine || fail "$reason"
  if [[ -n $WORK_DIR ]]; then
    path=$(realpath -m -- "$WORK_DIR")
    mkdir -p "$path"
    mount "$path"
    options+=(--env "WORK_DIR=$path")
  fi
  for word in "$@"; do
    if [[ $word =~ ^(FACES|DIGITS)=(.+)$ && -e ${BASH_REMATCH[2]/#\~/$HOME} ]]; then
      path=$(realpath -- "${BASH_REMATCH[2]/#\~/$HOME}")
      mount "$path" ,readonly
      word=${BASH_REMATCH[1]}=$path
    fi
    program+=("$word")
  done
  exec docker run --rm --init --read-only --tmpfs /tmp:exec --env HOME=/tmp --user "$user" \
    "${gpus[@]}" "${mounts[@]}" --workdir "$PWD" "${options[@]}" \
    --entrypoint "${program[0]}" "$(tag)" "${program[@]:1}"
}

case $2 in
  choose) choose "$3" ;;
  image)
    ask_engine || fail "$reason"
    build
    ;;
  shell)
    [[ $(choose docker) = docker ]]
    run_in --interactive --tty -- bash
    ;;
  run)
    shift 2
    network=none
    if [[ $1 = --online ]]; then
      network=bridge
      shift
    fi
    run_in --network "$network" -- "$@"
    ;;
esac
