# Verbs only; the build itself is meson's. `make help` lists them.
CASE ?= examples/cases/knee-oa.json
# The examples are dated, and a rule may refuse old values: the day of the decision is given.
DAY ?= 2026-03-02
OUT ?= build/plan
# The demo clinic: delete the folder for a new one.
DEMO ?= build/demo
LISTEN ?= 127.0.0.1:8080
T ?= expr
MIN ?= 1

.PHONY: help run example build mpi test check asan fuzz bench conformance fmt clean docs serve install
.DEFAULT_GOAL := help

help: ## list the verbs
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -e 's/:.*## /\t/' | expand -t 10

run: build ## install what is missing, build, start the demo clinic (DEMO=folder, LISTEN=address)
	@build/enthesis serve --demo --data $(DEMO) --listen $(LISTEN) --quiet

example: build ## plan a real example case on the command line, papers to build/plan
	build/enthesis plan $(CASE) --today $(DAY) --pdf $(OUT)

build: ## leave the program at build/enthesis
	@tools/need.sh run
	@tools/configure.sh release
	@ninja -C build/release enthesis
	@ln -sf release/enthesis build/enthesis

mpi: ## build build/enthesis-mpi for mpirun -n N
	@tools/need.sh run mpi
	@tools/configure.sh release -Dmpi=true
	@ninja -C build/release enthesis enthesis-mpi
	@ln -sf release/enthesis-mpi build/enthesis-mpi

test: ## install what tests need, build and run them all
	@tools/need.sh run mpi test
	@tools/configure.sh release -Dtests=true -Dmpi=true
	@ninja -C build/release
	@ln -sf release/enthesis build/enthesis
	@ln -sf release/enthesis-mpi build/enthesis-mpi
	@tools/test.sh build/release

check: ## format, lint, dependency order, banned words, tests, sanitizers, fuzz corpus
	@tools/need.sh run mpi test check
	@tools/configure.sh release -Dtests=true -Dmpi=true
	@ninja -C build/release
	@tools/check.sh build/release
	@$(MAKE) --no-print-directory test asan

asan: mpi ## tests under the address and undefined-behaviour sanitizers (clang)
	@tools/need.sh run test check
	@CC=clang tools/configure.sh asan -Dtests=true -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build/asan
	@tools/test.sh build/asan

fuzz: ## fuzz one target: make fuzz T=expr MIN=10
	@tools/need.sh run test check
	@CC=clang tools/configure.sh fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false
	@ninja -C build/fuzz
	@mkdir -p build/found/$(T)
	@build/fuzz/fuzz/fuzz_$(T) -max_total_time=$$(($(MIN) * 60)) -artifact_prefix=build/found/ \
		build/found/$(T) fuzz/corpus/$(T)

bench: ## speed as ratios against other solvers, built from Debian's packages (5 minutes)
	@tools/need.sh run mpi test bench
	@tools/peers_r.sh
	@peers=$$(tools/peers.sh) && \
		tools/configure.sh release -Dtests=true -Dmpi=true -Dbench=true -Dpeers=$$peers
	@ninja -C build/release
	@build/release/bench/bench
	@ln -sf release/enthesis build/enthesis && node bench/server/bench.mjs

conformance: ## before public suites: HL7's examples and cases, JSON, Patch, TestScripts, Synthea (network)
	@tools/need.sh run test
	@tools/configure.sh release -Dtests=true
	@ninja -C build/release test/judge enthesis
	@tools/conformance.sh build/release

calibrate: build ## fit the model to the tables of trials anew: hours; goes on where it stopped
	@build/enthesis calibrate --checkpoint build/calibrate.checkpoint && \
		build/enthesis calibrate --prior-width 1.5 --checkpoint build/wide.checkpoint

cross: build ## predict each data set of the trials from the others: hours; goes on where it stopped
	@build/enthesis calibrate cross --checkpoint build/calibrate.checkpoint

serve: build ## run the clinic's server on this machine, its data in ./clinic
	@build/enthesis serve

docs: build ## write the generated documents anew
	@tools/docs.sh

fmt: ## format every C file
	@git ls-files '*.c' '*.h' | xargs clang-format -i

install: build ## install the program (PREFIX of meson)
	@meson install -C build/release

clean: ## remove build/
	@rm -rf build
