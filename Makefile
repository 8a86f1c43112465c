# The commands of this project; `make help` lists them.
PROFILE ?= small
PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch>=2.6
LABEL_STUDIO ?= label-studio>=1.23
RUN := $(VENV)/bin/python

# Whoever has set these for other work must not change what is built here: where Python
# looks for modules, where pip puts them, what pytest is called with.
unexport $(filter-out PYTHON,$(filter PYTHON% PYTEST_% PIP_USER PIP_TARGET PIP_PREFIX,$(.VARIABLES)))

.DEFAULT_GOAL := help
.PHONY: help book label test test-sources pdf check test-torch test-label-studio test-colab benchmark experiment results lock address clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 20

book: $(VENV)/.ready  ## execute every notebook (PROFILE=small or full) and build the pages
	@$(RUN) -m bookbuild.make --profile $(PROFILE)

test: $(VENV)/.ready  ## run every test, on all permitted processor cores
	@$(RUN) -m pytest -n auto --no-loadscope-reorder

test-sources: $(VENV)/.ready  ## run every chapter on other reviews than its own
	@$(RUN) -m pytest -n auto --no-loadscope-reorder tests/book/every_source.py

pdf: $(VENV)/.ready  ## build the book and print it as one PDF too (needs Chromium)
	@$(RUN) -m bookbuild.make --profile $(PROFILE) --offer-pdf
	@$(RUN) -m bookbuild.pdf --profile $(PROFILE)

check: $(VENV)/.ready  ## check style, spelling, notebooks and workflows
	@$(VENV)/bin/pre-commit run --all-files

test-torch: $(VENV)/.ready  ## run the tests of the backends on PyTorch, kept in an environment of its own
	@test -x $(VENV)-torch/bin/python || $(PYTHON) -m venv $(VENV)-torch
	@$(VENV)-torch/bin/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	@PYTHONPATH=$$($(RUN) -c 'import sysconfig; print(sysconfig.get_path("purelib"))'):. \
		$(VENV)-torch/bin/python -m pytest tests/test_backends.py

test-label-studio: $(VENV)/.ready  ## exchange labels with a real Label Studio, kept in an environment of its own (1 GB)
	@test -x $(VENV)-label-studio/bin/python || $(PYTHON) -m venv $(VENV)-label-studio
	@$(VENV)-label-studio/bin/python -m pip install --quiet --disable-pip-version-check "$(LABEL_STUDIO)"
	@LABEL_STUDIO=$(abspath $(VENV)-label-studio)/bin/label-studio \
		$(RUN) -m pytest tests/labelling/real_label_studio.py

test-colab: $(VENV)/.ready  ## execute the notebooks with Colab's versions (RUNTIME=file: with those of a list)
	@PYTHONPATH=. $(RUN) tests/colab/check_colab.py $(RUNTIME)

benchmark: $(VENV)/.ready  ## time the loop, the features and the start beside the plain way
	@for bench in benchmarks/bench_*.py; do echo "$$bench"; $(RUN) $$bench || exit 1; done

label: $(VENV)/.ready  ## label your own texts: make label DATA=tickets.csv (STORE=folder, WHO=name)
	@$(RUN) -m bookbuild.label "$(DATA)" --store "$(or $(STORE),labels)" --who "$(WHO)" \
		--text-column "$(TEXT_COLUMN)" --label-column "$(LABEL_COLUMN)"

experiment: $(VENV)/.ready  ## carry out what is missing of a grid in results: make experiment GRID=strategies_linear
	@TF_CPP_MIN_LOG_LEVEL=3 $(RUN) -m alutils.experiments $(addprefix results/,$(addsuffix .toml,$(GRID)))

results: $(VENV)/.ready  ## keep the results of the last full run with the book
	@$(RUN) -m bookbuild.make --profile full --keep-results

lock: $(VENV)/.ready  ## resolve the versions again and write requirements.txt
	@$(RUN) -m uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.txt

address: $(VENV)/.ready  ## set the public address everywhere: make address URL=https://github.com/OWNER/NAME
	@$(RUN) -m bookbuild.address "$(URL)"

clean:  ## remove what was built, the environment included
	rm -rf build $(VENV) $(VENV)-torch $(VENV)-label-studio

$(VENV)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) bookbuild/environment.py $(VENV)
