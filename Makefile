# Gantry: what people do with the sources. Everything a target needs it sets up itself.
PREFIX ?= /usr/local

.PHONY: quickstart quickstart-stop test soak setup build install bench clean format check-format

quickstart: ## set up, build, start a daemon under build/ and run a container
	@cnf/bin/setup
	@cnf/bin/build
	@cnf/bin/install build/install
	@cnf/bin/quickstart

quickstart-stop: ## stop what quickstart started
	@cnf/bin/quickstart --stop

test: ## set up what the tests need and run every test
	@cnf/bin/test

soak: ## the long forms of the tests that make test runs short
	@cnf/bin/soak

setup: ## install through apt what the host lacks
	@cnf/bin/setup

build: setup ## compile and pack all modules; at once if nothing changed
	@cnf/bin/build

install: build ## lay out the product below PREFIX
	@cnf/bin/install "$(PREFIX)"

bench: ## measure the product beside containerd; SHORT=1, ROWS=, ROUNDS=, BENCH_PEER= choose what
	@cnf/bin/setup --tests
	@cnf/bin/build
	@cnf/bin/install build/install
	@distribution/bench/run build/install

clean: ## remove everything that was built
	@rm -rf build/build.stamp build/dist build/run
	@mvn -q -B clean

format: ## lay the Java sources out
	@cnf/bin/format

check-format: ## fail if some source is not laid out as the formatter would
	@cnf/bin/format --check
