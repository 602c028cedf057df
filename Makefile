# Every target only calls tools/bootstrap.py, which installs what it needs into .venv first.
#   make run PORT=8001          make test ARGS="-k prompts"          make run PYTHON=python3.12
PYTHON ?= python3
BOOTSTRAP = @exec $(PYTHON) tools/bootstrap.py

.PHONY: run test check test-browser deep chaos firefox screenshots figures lighthouse evaluate mutants bench-rules bench-reminders lock

run: ## start the tracker: broker, web, Celery worker and beat, until Ctrl-C
	$(BOOTSTRAP) run $(ARGS)

test: ## the suite on SQLite and on PostgreSQL
	$(BOOTSTRAP) test $(ARGS)

check: ## everything that has to be green: static checks, the suite, the running processes, the browser
	$(BOOTSTRAP) check $(ARGS)

test-browser: ## the main path in headless Chromium
	$(BOOTSTRAP) test-browser $(ARGS)

lock: ## write requirements/*.lock anew from pyproject.toml (ARGS=--upgrade for newer versions)
	$(BOOTSTRAP) lock $(ARGS)

screenshots: ## the pictures of the README, taken from the running product
	$(BOOTSTRAP) screenshots $(ARGS)

figures: ## draw the figures anew after a change to a pose or to the modules that draw (needs Node)
	$(BOOTSTRAP) figures $(ARGS)

deep: ## what takes longer than `make check` may: all kills and outages, a real Firefox, Lighthouse, benchmarks, mutants
	@$(PYTHON) tools/bootstrap.py chaos
	@$(PYTHON) tools/bootstrap.py firefox
	@$(PYTHON) tools/bootstrap.py lighthouse
	@$(PYTHON) tools/bootstrap.py bench-reminders
	@$(PYTHON) tools/bootstrap.py bench-rules
	@$(PYTHON) tools/bootstrap.py mutants

chaos: ## kill the engine's processes at random and count what arrives (ARGS="--prompts 100000" or "--quick")
	$(BOOTSTRAP) chaos $(ARGS)

firefox: ## a real Firefox (apt install firefox-esr) takes one of our pushes
	$(BOOTSTRAP) firefox $(ARGS)

lighthouse: ## what Lighthouse makes of Today and Progress on a phone (needs Node)
	$(BOOTSTRAP) lighthouse $(ARGS)

bench-reminders: ## due prompts per second beside raw SQL, and how late they are, with a million break rules
	$(BOOTSTRAP) bench-reminders $(ARGS)

evaluate: ## measure the worsening rules on simulated people: docs/evaluation.md and its picture
	$(BOOTSTRAP) evaluate $(ARGS)

bench-rules: ## how long the worsening rules take, live and in a replay (ARGS="--rows 100000 --patients 0" for less)
	$(BOOTSTRAP) bench-rules $(ARGS)

mutants: ## break the pure rules in many small ways and count what the tests notice: docs/mutants.md
	$(BOOTSTRAP) mutants $(ARGS)
