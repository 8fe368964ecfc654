# Gantry: what people do with the sources. Everything a target needs it sets up itself.
PREFIX ?= /usr/local

.PHONY: setup build install clean format check-format

setup: ## install through apt what the host lacks
	@cnf/bin/setup

build: setup ## compile and pack all modules; at once if nothing changed
	@cnf/bin/build

install: build ## lay out the product below PREFIX
	@cnf/bin/install "$(PREFIX)"

clean: ## remove everything that was built
	@rm -rf build/build.stamp build/dist build/run
	@mvn -q -B clean

format: ## lay the Java sources out
	@cnf/bin/format

check-format: ## fail if some source is not laid out as the formatter would
	@cnf/bin/format --check
