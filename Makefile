# The two commands of the README are demo and test. See docs/development.md.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
ARGS    ?=

.PHONY: demo test test-deps build build-windows lint bench generate clean

demo: build
	./bin/kommunpuls demo $(ARGS)

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/kommunpuls ./cmd/kommunpuls

build-windows:
	CGO_ENABLED=0 GOOS=windows GOARCH=amd64 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/kommunpuls.exe ./cmd/kommunpuls

# Everything runs plainly, and again under the race detector where goroutines
# meet. What computes the whole catalogue, one statement after another, runs
# there in part: the detector takes ten times as long and sees nothing new.
# The tests against whole ticket systems wait for those; the engine that they
# run has its own tests under the detector.
# As root, or with CI set, test installs the programs that the tests run
# against. Otherwise it says what is missing and runs what it can.
test:
	sh .ci/deps
	$(GO) vet ./...
	GOOS=windows CGO_ENABLED=0 $(GO) vet ./...
	$(GO) test -timeout 40m ./...
	$(GO) test -race -timeout 40m $$($(GO) list ./... | grep -v -e /cmd/ -e /configs$$ -e /demo$$ -e /kpi$$ -e /profiles/rt$$ -e /profiles/redmine$$ -e /profiles/zabbix$$)
	$(GO) test -race -timeout 40m -run 'Reload|EveryFigure|ABad|Cancelled|MayHaveChanged|LateCorrection' ./cmd/... ./internal/kpi
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
