# The way to everything; `make help` explains. Settings are given as NAME=VALUE after the target.

PYTHON ?= python3
VENV := .venv
python := $(VENV)/bin/python

# One thread for each training, and as many trainings side by side as there are cores, is the
# fastest way to all of them, and the numbers do not depend on the number of cores. A GPU takes one.
JOBS ?= $(shell nvidia-smi -L >/dev/null 2>&1 && echo 1 || getconf _NPROCESSORS_ONLN)
# A prefix for every training command, such as LAUNCH="srun --gres=gpu:1".
LAUNCH ?=

# Python gets what the command line gives, and these settings where the environment has them.
environment := PROFILE SEEDS STUDY DATA FACES DIGITS THREADS ALLOW_MISSING
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name))) \
  $(foreach name,$(environment),$(if $(filter environment,$(origin $(name))),$(name)))
quoted = '$(subst ','\'',$(1))'
request := $(foreach name,$(filter-out MAKE%,$(given)),$(call quoted,$(name)=$($(name))))

experiments := $(subst _,-,$(basename $(notdir $(filter-out %/__init__.py,$(wildcard experiments/*.py)))))
# What is made lies here: in the repository, or in the folder that WORK_DIR names.
work := $(if $(WORK_DIR),$(WORK_DIR)/)

.DEFAULT_GOAL := help
.PHONY: all help setup data $(experiments) experiments trained figures report
.PHONY: check checked reference test test-slow lint format lock clean FORCE

all: report

check_python = $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
  >/dev/null 2>&1 || { echo "error: $(PYTHON) is not Python 3.11, 3.12 or 3.13;" \
    "name one that is: make PYTHON=<path>" >&2; exit 2; }

help:
	@$(check_python)
	@$(PYTHON) -m lib.help $(request)

setup: $(VENV)/requirements.lock

# Compared by content, so that nothing is installed again only because the file is newer.
$(VENV)/requirements.lock: requirements.lock
	@cmp -s $< $@ && touch $@ || { \
	  $(check_python); \
	  echo "installing the locked requirements into $(VENV), once, a few minutes" >&2; \
	  rm -f $@ && $(PYTHON) -m venv $(VENV) && \
	  { $(python) -m pip install --disable-pip-version-check --no-input --require-hashes \
	      --requirement $< >$(VENV)/install.log 2>&1 || { tail -n 5 $(VENV)/install.log >&2; \
	      echo "error: cannot install; all messages are in $(VENV)/install.log" >&2; exit 2; }; } && \
	  cp $< $@; }

data: setup
	@$(python) -m lib.data $(request) $(filter $(experiments),$(MAKECMDGOALS))

# What follows is looked up in an inner call of Make, when the data is there: WANTED names the
# experiments, none means all.
inner = @$(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS))

experiments: data
	$(inner) trained WANTED=

$(experiments): data
	$(inner) trained WANTED=$@

figures: data
	$(inner) $(work)build/figures/complete WANTED=

report: data
	$(inner) $(work)build/report.pdf WANTED=

ifeq ($(origin WANTED),command line)
plan := $(shell $(python) -m lib.plan $(request) $(WANTED))
ifneq ($(.SHELLSTATUS),0)
$(error see the line above)
endif
todo := $(patsubst todo:%,$(work)%/result.json,$(filter todo:%,$(plan)))
results := $(patsubst done:%,$(work)%/result.json,$(filter done:%,$(plan)))
results += $(if $(filter 1,$(ALLOW_MISSING)),,$(todo))
endif

trained: $(todo)
	@:

# The folders of a run: .../<profile>/<experiment>/<variant>/seed-<n>/result.json
name_of = $(word $(1),$(subst /, ,$(patsubst $(work)runs/%,%,$@)))
.PRECIOUS: $(todo)
$(todo): FORCE
	@$(LAUNCH) $(python) -m experiments.$(call name_of,2) $(request) \
	  VARIANT=$(call name_of,3) SEEDS=$(patsubst seed-%,%,$(call name_of,4))

# Which runs are shown: changes only when other ones are.
$(work)build/shown: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(results) | cmp -s - $@ || printf '%s\n' $(results) >$@

$(work)build/figures/complete: $(results) $(work)build/shown $(wildcard figures/*.py lib/plots.py)
	@$(python) -m figures $(request)
	@touch $@

$(work)build/report.pdf: $(work)build/figures/complete $(wildcard report/*)
	@$(python) -m report $(request)

check: data
	$(inner) checked WANTED=

checked: $(results)
	@$(python) -m report.check $(request)

reference: setup
	@$(python) -m report.reference $(request)

# Files of tests are spread over the cores.
pytest := $(python) -m pytest --numprocesses auto --dist loadfile

test: setup
	@$(pytest) -m 'not slow'

test-slow: setup
	@$(pytest) -m slow

lint: setup
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .

format: setup
	@$(python) -m ruff check --fix .
	@$(python) -m ruff format .

lock:
	uv pip compile --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	  --no-header --output-file requirements.lock requirements.in

clean:
	rm -rf $(work)build
