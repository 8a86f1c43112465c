# The commands of this project; `make help` lists them.
PROFILE ?= small
PYTHON ?= python3
VENV ?= .venv
TORCH ?= torch>=2.6
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help book test pdf check test-torch test-colab benchmark experiment results lock address clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

book: $(VENV)/.ready  ## execute every notebook (PROFILE=small or full) and build the pages
	@$(RUN) book/make_book.py --profile $(PROFILE)

test: $(VENV)/.ready  ## run every test
	@$(RUN) -m pytest

pdf: $(VENV)/.ready  ## build the book and print it as one PDF too (needs Chromium)
	@$(RUN) book/make_book.py --profile $(PROFILE) --offer-pdf
	@$(RUN) book/print_pdf.py --profile $(PROFILE)

check: $(VENV)/.ready  ## check style, spelling, notebooks and workflows
	@$(VENV)/bin/pre-commit run --all-files

test-torch: $(VENV)/.ready  ## run the tests of the backends on PyTorch, kept in an environment of its own
	@test -x $(VENV)-torch/bin/python || $(PYTHON) -m venv $(VENV)-torch
	@$(VENV)-torch/bin/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	@PYTHONPATH=$$($(RUN) -c 'import sysconfig; print(sysconfig.get_path("purelib"))'):. \
		$(VENV)-torch/bin/python -m pytest tests/test_backends.py

test-colab: $(VENV)/.ready  ## execute the notebooks with Colab's versions (RUNTIME=file: with those of a list)
	@PYTHONPATH=book $(RUN) tests/colab/check_colab.py $(RUNTIME)

benchmark: $(VENV)/.ready  ## time the loop and its parts beside the plain Keras way
	@$(RUN) benchmarks/bench_book.py
	@$(RUN) benchmarks/bench_loop.py

experiment: $(VENV)/.ready  ## carry out what is missing of a grid in book/results: make experiment GRID=strategies_linear
	@TF_CPP_MIN_LOG_LEVEL=3 $(RUN) -m alutils.experiments $(addprefix book/results/,$(addsuffix .toml,$(GRID)))

results: $(VENV)/.ready  ## keep the results of the last full run with the book
	@$(RUN) book/make_book.py --profile full --keep-results

lock: $(VENV)/.ready  ## resolve the versions again and write requirements.txt
	@$(RUN) -m uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.txt

address: $(VENV)/.ready  ## set the public address everywhere: make address URL=https://github.com/OWNER/NAME
	@$(RUN) book/address.py "$(URL)"

clean:  ## remove what was built, the environment included
	rm -rf build $(VENV) $(VENV)-torch

$(VENV)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "this book needs Python 3.11 or later, found " + sys.version.split()[0] + ": make … PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once; a minute or two and about 3.5 GB)"
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
