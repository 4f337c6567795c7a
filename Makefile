# The one entry point. `make` lists what there is; README.md shows what it looks like.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

# Node 24 is a development dependency: scripts use it whatever the system's Node is.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
TEST_BED := hack/test-bed/test-bed.sh
INSTALLED := node_modules/.package-lock.json

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(INSTALLED): package.json package-lock.json
	@command -v npm >/dev/null || { echo 'npm is needed (any Node from 20 on): https://nodejs.org/en/download' >&2; exit 1; }
	@npm ci --loglevel=error
	@touch $@

.PHONY: install
install: $(INSTALLED) ## Install the npm dependencies

.PHONY: generate
generate: install ## Write crds/ and docs/reference/ from the schemas
	@node hack/generate.ts

.PHONY: verify
verify: install ## Check formatting, lint, types, layers, dead code and generated files
	@npm run --silent verify

.PHONY: build
build: install ## Bundle the operator into dist/
	@node hack/build.ts

.PHONY: test
test: install ## Run all suites on a cluster of their own; the first time it builds Kubernetes
	@node hack/run-tests.ts

.PHONY: test-unit
test-unit: install ## Run the unit tests alone
	@node hack/run-tests.ts unit

.PHONY: test-faults
test-faults: install ## Kill the operator 1,200 times (make test: 120)
	@SWARM_FAULT_TRIALS=1200 node hack/run-tests.ts faults

.PHONY: test-gitops
test-gitops: install ## Run Argo CD against the operator; the first time it builds Argo CD
	@node hack/run-tests.ts gitops

.PHONY: manifests
manifests: install ## Write dist/install.yaml and dist/crds.yaml
	@node hack/write-manifests.ts

.PHONY: eval
eval: install ## Score the builtin planner: make eval SET=requests.json
	@mkdir -p .reports
	@npm run --silent eval:interpret -- --set "$(or $(SET),test/eval/own-world.json)" --out .reports/predictions.jsonl

.PHONY: bench
bench: install ## Measure throughput, latency and API writes on a real API server
	@node test/bench/bench.ts

.PHONY: demo
demo: install ## Bring up a cluster, install Swarm and show it at work
	@hack/demo/demo.sh up

.PHONY: demo-down
demo-down: ## Stop the demo and its cluster
	@hack/demo/demo.sh down

.PHONY: kubeconfig
kubeconfig: ## Print the path of the demo cluster's kubeconfig
	@$(TEST_BED) kubeconfig
