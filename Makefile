# The two commands of the README are demo and test. See docs/development.md.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# A test that fails is asked once more, and both answers are printed: the tests
# wait for real servers on whatever machine there is. More than ten failures,
# a crash or a data race is believed at once.
TESTS   := $(GO) run gotest.tools/gotestsum@v1.13.0 --format standard-quiet --rerun-fails=1 --rerun-fails-max-failures=10 --rerun-fails-run-root-test --rerun-fails-abort-on-data-race
ARGS    ?=

.PHONY: demo test test-deps build build-windows lint bench generate clean

demo: build
	./bin/kommunpuls demo $(ARGS)

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/kommunpuls ./cmd/kommunpuls

build-windows:
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/kommunpuls.exe ./cmd/kommunpuls

# Each test runs once: under the race detector where goroutines meet, plainly
# where the whole catalogue is computed or a person is asked, one step after
# another, or a whole ticket system is waited for. There the detector takes ten times as long and
# sees nothing new, so only what happens at the same time runs under it as well.
PLAIN := /cmd/|/configs$$|/internal/(app|demo|generate|kpi|setup|expose/(report|snapshot|strategy))(/|$$)|/profiles/(rt|redmine|zabbix)$$
ATONCE := Reload|EveryFigure|ABad|Cancelled|MayHaveChanged|LateCorrection|Disruption|Queue|OneComputes|Restarts|Bounded|Missed|SwitchedOff|WithoutARestart

# As root, or with CI set, test installs the programs that the tests run
# against. Otherwise it says what is missing and runs what it can.
test:
	sh .ci/deps
	$(GO) vet ./...
	GOOS=windows CGO_ENABLED=0 $(GO) vet ./...
	$(TESTS) --packages "$$($(GO) list ./... | grep -E '$(PLAIN)')" -- -timeout 40m
	$(TESTS) --packages "$$($(GO) list ./... | grep -vE '$(PLAIN)')" -- -race -timeout 40m
	$(TESTS) --packages './cmd/... ./internal/app ./internal/kpi' -- -race -timeout 40m -run '$(ATONCE)'
	cd plugins/example && $(GO) vet ./... && $(GO) test ./...

test-deps:
	sh .ci/deps install

lint:
	$(GO) run $(LINT) run ./...

# Each benchmark prints a ratio to a limit or peer that it measures in the same run.
bench:
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 60m -p 1 ./...

generate:
	$(GO) generate ./...
	$(GO) test ./... -run 'Schema|Drift|Golden' -update

clean:
	rm -rf bin demo
