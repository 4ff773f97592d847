# The way to everything; `make help` explains. Settings are given as NAME=VALUE after the target.

PYTHON ?= python3

# $(call once,<name>,<value>) is found out when <name> is first used, and then remembered.
once = $(eval $(1) := $(2))$($(1))
gpu_answers = $(call once,gpu_answers,$(shell nvidia-smi -L 2>/dev/null | grep -q '^GPU' && echo 1))

# 1: with NVIDIA's libraries.
CUDA ?= $(or $(gpu_answers),0)
# One thread for each training, and as many trainings side by side as there are cores, is the
# fastest way to all of them, and the numbers do not depend on the number of cores. A GPU takes one.
JOBS ?= $(or $(gpu_answers),$(shell getconf _NPROCESSORS_ONLN))
# A prefix for every training command, such as LAUNCH="srun --gres=gpu:1".
LAUNCH ?=

# local: all runs in the environment; docker: in the image; auto: trainings in the image, where
# Docker answers when there is one to run, and what is quick in the environment, if it is installed.
RUNTIME ?= auto
ifeq ($(filter auto docker local,$(RUNTIME)),)
$(error RUNTIME=$(RUNTIME): choose auto, docker or local)
endif

VENV := $(or $(IMAGE_VENV),.venv)
locks := requirements.lock requirements-cuda.lock
wanted_locks = $(if $(filter 1,$(CUDA)),$(locks),$(firstword $(locks)))
# Compared by content, so that nothing is installed again only because a file is newer.
holds = cat $(1) | cmp -s - $(VENV)/requirements.lock
is_installed = $(shell { $(call holds,$(wanted_locks)) || $(call holds,$(locks)); } && echo 1)

container = docker/container.sh $(if $(filter 1,$(CUDA)),cuda,cpu)
runtime_of_trainings = $(call once,runtime_of_trainings,$(or $(filter local,$(RUNTIME)),$(shell \
  $(container) choose $(RUNTIME)),$(error see the line above)))
runtime = $(call once,runtime,$(or $(filter-out auto,$(RUNTIME)),$(if $(is_installed),local,docker)))
# A program's folder, for $(call bin,<runtime>,<options>)python.
bin = $(if $(filter docker,$(1)),$(container) run $(2)/opt/venv/bin/,$(VENV)/bin/)
python = $(call bin,$(runtime))python

# Python gets what the command line gives, and these settings where the environment has them.
environment := PROFILE SEEDS STUDY DATA FACES DIGITS THREADS ALLOW_MISSING
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))) \
  $(foreach name,$(environment),$(if $(filter environment,$(origin $(name))),$(name)))
quoted = '$(subst ','\'',$(1))'
request := $(foreach name,$(filter-out MAKE%,$(given)),$(call quoted,$(name)=$($(name))))

experiments := $(subst _,-,$(basename $(notdir $(filter-out %/__init__.py,$(wildcard experiments/*.py)))))
# Those that the command line names, by the names of the release before too.
renamed := vae-fixed gan-fixed text2text-fixed image2text-fixed text2image-fixed digit-reader
named := $(filter $(experiments) $(renamed),$(MAKECMDGOALS))
ifneq ($(word 2,$(WORK_DIR)),)
$(error WORK_DIR=$(WORK_DIR): Make cannot work in a folder with a space in its name)
endif
# What is made lies here: in the repository, or in the folder that WORK_DIR names.
work := $(if $(WORK_DIR),$(patsubst ~/%,$(HOME)/%,$(WORK_DIR)/))

.DEFAULT_GOAL := help
.PHONY: all help setup image shell data $(experiments) $(renamed) named experiments trained figures report
.PHONY: check checked reference recorded test test-slow check-image bench bench-setup lint format lock clean FORCE

all: report

check_python = $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
  >/dev/null 2>&1 || { echo "error: $(PYTHON) is not Python 3.11, 3.12 or 3.13;" \
    "name one that is: make PYTHON=<path>" >&2; exit 2; }

help:
	@$(check_python)
	@$(PYTHON) -m lib.config.help $(request)

define install
$(if $(IMAGE_VENV),echo "error: this image has other requirements; run: make image" >&2; exit 2;) \
$(check_python); \
echo "installing the locked requirements into $(VENV), once, a few minutes" >&2; \
rm -f $(VENV)/requirements.lock && $(PYTHON) -m venv $(VENV) && \
{ $(VENV)/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes \
    $(addprefix --requirement ,$(wanted_locks)) >$(VENV)/install.log 2>&1 || { \
    tail -n 5 $(VENV)/install.log >&2; \
    echo "error: cannot install; all messages are in $(VENV)/install.log" >&2; exit 2; }; } && \
cat $(wanted_locks) >$(VENV)/requirements.lock
endef

# Of environment and image the one that is to be used; neither is touched while it is current.
setup:
	@$(if $(and $(is_installed),$(filter-out docker,$(RUNTIME))),:,$(if \
	  $(filter docker,$(runtime_of_trainings)),:,$(install)))

image:
	@$(container) image

shell:
	@$(container) shell

data: setup
	@$(call bin,$(runtime),--online )python -m lib.data $(request) \
	  $(if $(filter-out $(named),$(MAKECMDGOALS)),,$(named))

# What follows is looked up in an inner call of Make, when the data is there: WANTED names the
# experiments, none means all. The + hands it the jobs of this one.
inner = +@$(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS)) \
  $(if $(filter simple,$(flavor runtime_of_trainings)),RUNTIME=$(runtime_of_trainings))

experiments: data
	$(inner) trained WANTED=

# One plan for all of them, so that they are trained side by side.
$(experiments) $(renamed): named
	@:

named: data
	$(inner) trained WANTED='$(named)'

# What is to be shown has been trained before, however many jobs run side by side.
figures report check reference: | $(if $(named),named) $(filter experiments,$(MAKECMDGOALS))

figures: data
	$(inner) $(work)build/figures/complete WANTED=

report: data
	$(inner) $(work)build/reported WANTED=

ifeq ($(origin WANTED),command line)
plan := $(shell $(python) -m lib.runs.plan $(request) $(WANTED))
ifneq ($(.SHELLSTATUS),0)
$(error see the line above)
endif
todo := $(patsubst todo:%,$(work)%/result.json,$(filter todo:%,$(plan)))
results := $(patsubst done:%,$(work)%/result.json,$(filter done:%,$(plan)))
results := $(sort $(results) $(if $(filter 1,$(ALLOW_MISSING)),,$(todo)))
endif

trained: $(todo)
	@:

# The folders of a run: .../<profile>/<experiment>/<variant>/seed-<n>/result.json
name_of = $(word $(1),$(subst /, ,$(patsubst $(work)runs/%,%,$@)))
.PRECIOUS: $(todo)
$(todo): FORCE
	@$(LAUNCH) $(call bin,$(runtime_of_trainings))python -m experiments.$(call name_of,2) \
	  $(request) PROFILE=$(call name_of,1) VARIANT=$(call name_of,3) \
	  SEEDS=$(patsubst seed-%,%,$(call name_of,4))

# What is asked for, and which runs are there: changes only when these do.
$(work)build/shown: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(request) $(results) | cmp -s - $@ || printf '%s\n' $(request) $(results) >$@

# What neither trains a model nor prepares data may show in a figure or in the report.
drawing := lib/system lib/config lib/runs lib/metrics experiments figures original
code = $(wildcard $(addsuffix /*.py,$(drawing) $(1)))

$(work)build/figures/complete: $(results) $(work)build/shown $(call code) \
    original/published.toml
	@$(python) -m figures $(request)
	@touch $@

reports := $(work)build/report.html $(work)build/report.pdf
$(work)build/reported: $(work)build/figures/complete $(call code,lib/data benchmarks report report/criteria report/reference) \
    $(wildcard report/templates/* recorded/paper/verdicts/* recorded/paper/runs/*/*/*/result.json $(work)build/bench.json) $(if $(filter-out $(wildcard $(reports)),$(reports)),FORCE)
	@$(python) -m report $(request)
	@touch $@

check: data
	$(inner) checked WANTED=

checked: $(results)
	@$(python) -m report.reference.check $(request)

reference: setup
	@$(python) -m report.reference.record $(request)

# The report of the recorded runs: without training, data or network.
recorded: setup
	@$(python) -m report.recorded $(request)

# Files of tests are spread over the cores. What they train is trained where they run.
pytest = RUNTIME=local $(python) -m pytest --numprocesses auto --dist loadfile --durations 30

test: setup
	@$(pytest) -m 'not slow'

test-slow: setup
	@$(pytest) -m slow

.PHONY: verify-resume verify-same-bits
verify-same-bits: data
verify-resume verify-same-bits: setup
	@$(python) -m tests.$(subst -,_,$@) --jobs $(JOBS)

bench: data
	@$(python) -m benchmarks

# PyTorch, to compare with, in an environment of its own.
bench-setup:
	@$(check_python)
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --disable-pip-version-check --no-input --quiet \
	  --requirement benchmarks/requirements.txt

lint: setup
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(call bin,$(runtime))hadolint Dockerfile

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
	rm -rf $(work)build
