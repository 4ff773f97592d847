# The way to everything; `make help` explains. Settings are given as NAME=VALUE after the target.

PYTHON ?= python3
gpu := $(shell nvidia-smi -L 2>/dev/null | grep -q '^GPU' && echo 1)
CUDA ?= $(or $(gpu),0)
# Several trainings side by side, each with one thread, use a CPU best; one training fills a GPU.
JOBS ?= $(or $(gpu),$(shell getconf _NPROCESSORS_ONLN))
# local: all runs in the environment; docker: all runs in the image; auto: trainings run in the
# image if there is a GPU that Docker can use, and all else in the environment if it is installed.
RUNTIME ?= auto
ifeq ($(filter auto docker local,$(RUNTIME)),)
$(error RUNTIME=$(RUNTIME): choose auto, docker or local)
endif

ifneq ($(filter-out 0 1,$(CUDA)),)
$(error CUDA=$(CUDA): choose 0 or 1)
endif

container = docker/container.sh $(if $(filter 1,$(CUDA)),cuda,cpu)
environment := $(or $(IMAGE_VENV),.venv)
locks := requirements.lock $(if $(filter 1,$(CUDA)),requirements-cuda.lock)
# Compared by content: a file that is only newer installs nothing. More than is needed is fine.
# Without its Python, which may have been removed from the system, nothing is installed.
installed := $(shell test -x $(environment)/bin/python && \
  for locks in "$(locks)" "requirements.lock requirements-cuda.lock"; do \
  cat $$locks | cmp -s - $(environment)/requirements.lock && echo 1 && break; done)

# Where programs run: local or docker. The shell is called at most once.
runtime = $(if $(filter-out auto,$(RUNTIME)),$(RUNTIME),$(if $(installed),local,$(chosen)))
chosen = $(eval chosen := $(shell $(container) choose))$(chosen)
python = $(if $(filter docker,$(runtime)),$(container) run ,$(environment)/bin/)python

# All other targets, such as the experiments, are steps of one Python program, which does each after
# those that it needs. It finds the settings, -j and -k in its environment, where Make puts them.
own_targets := help setup image shell accept recorded test test-slow verify-resume \
  verify-same-bits bench bench-setup lint format lock check-image clean
steps := $(filter-out $(own_targets),$(MAKECMDGOALS))
# With exec, Make itself waits for it after a signal.
pipeline = $(if $(filter $(environment)/%,$(host_python)),,$(check_python);) CUDA='$(CUDA)' \
  JOBS='$(JOBS)' RUNTIME=$(if $(installed),$(RUNTIME),$(runtime)) \
  exec $(host_python) -m lib.runs.pipeline
host_python = $(if $(installed)$(filter local,$(runtime)),$(environment)/bin/python,$(PYTHON))

.DEFAULT_GOAL := help
.PHONY: $(own_targets) $(steps) pipeline

$(steps): pipeline
	@:

# `make -j 2 clean all` removes build/ before anything is written there.
pipeline: setup | $(filter clean,$(firstword $(MAKECMDGOALS)))
	@$(pipeline) $(steps)

check_python = $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
  >/dev/null 2>&1 || { echo "error: $(PYTHON) is not Python 3.11, 3.12 or 3.13;" \
    "name one that is: make PYTHON=<path>" >&2; exit 2; }

help:
	@$(check_python)
	@$(PYTHON) -m lib.config.help

install = $(if $(IMAGE_VENV),echo "error: this image has other requirements; run: make image" >&2; \
  exit 2;) $(check_python); lib/system/install.sh $(PYTHON) $(environment) $(locks)

# Installs the environment or builds the image, whichever is used, unless it is current.
setup:
	@$(if $(filter docker,$(RUNTIME)),$(container) ready,$(if \
	  $(or $(installed),$(filter docker,$(runtime))),:,$(install)))

image shell:
	@$(container) $@

accept: setup
	@$(host_python) -m lib.runs.accept

recorded: setup
	@$(python) -m report.recorded $(if $(PROFILE),PROFILE='$(PROFILE)')

# Files of tests are spread over the cores. The trainings of a test run where the test does.
test test-slow: setup
	@RUNTIME=local $(python) -m pytest --numprocesses auto --dist loadfile --durations 30 \
	  -m '$(if $(filter test,$@),not )slow'

verify-resume verify-same-bits: setup
	@$(if $(filter verify-same-bits,$@),$(pipeline) data)
	@$(python) -m tests.$(subst -,_,$@) --jobs $(JOBS)

bench: setup
	@$(pipeline) data
	@$(python) -m benchmarks

bench-setup:
	@$(check_python); lib/system/install.sh $(PYTHON) .venv-bench benchmarks/requirements.txt

lint: setup
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(patsubst %python,%hadolint,$(python)) Dockerfile
	@$(patsubst %python,%zizmor,$(python)) --offline --quiet --strict-collection .github

format: setup
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

uv := uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
  --generate-hashes --no-header

lock:
	@command -v uv >/dev/null || { echo "error: there is no uv; run: pip install uv" >&2; exit 2; }
	$(uv) --output-file requirements.lock requirements.in
	$(uv) --output-file requirements-cuda.lock --constraint requirements.lock requirements-cuda.in

# The image, built without Docker, and the tests in it.
check-image:
	@.ci/image $(if $(filter 1,$(CUDA)),cuda,cpu)

clean:
	rm -rf "$(or $(patsubst ~/%,$(HOME)/%,$(WORK_DIR)),.)/build"
