# tlslab: a test lab of broken TLS for the Go toolchain.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The race detector needs a C compiler; where there is none, the tests run
# without it.
RACE := $(shell test "$$(go env CGO_ENABLED)" = 1 && command -v "$$(go env CC)" >/dev/null && echo -race)

.PHONY: run build test lint bench generate record docs clean

run: build ## build, play the catalogue with the real go of this machine, print the table
	bin/tlslab run

# Linked statically, so that the program also runs in an image from scratch.
build:
	CGO_ENABLED=0 go build -o bin/tlslab ./cmd/tlslab

# The catalogue is played without the race detector, which makes TLS ten times
# slower, and sixteen trials at a time, since many only wait for a time-out. The
# worlds that use every word of the vocabulary are played with it.
test: lint ## everything
	go test $(RACE) -parallel 8 -timeout 30m $$(go list ./... | grep -v /e2e)
	go test $(RACE) -parallel 8 -timeout 30m -run 'Vocabulary|LeakNothing' ./e2e
	go test -parallel 16 -timeout 30m ./e2e

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these files"; exit 1; }
	go vet ./...
	GOOS=darwin GOARCH=arm64 go vet ./...
	GOOS=windows go vet ./...
	go run $(STATICCHECK) ./...

bench: ## what the lab costs, beside what it competes with
	go test -run '^$$' -bench . -benchtime 1s ./certgen ./scenarios ./mitm ./lab/clock/...
	go test -run '^$$' -bench Clock -benchtime 100x ./lab/backend/...
	go test -run '^$$' -bench 'WorldUp|Trial' -benchtime 5s ./e2e
	go test -run '^$$' -timeout 30m -bench 'Catalogue' -benchtime 1x ./e2e
	go test -run '^$$' -bench 'Containers' -benchtime 40x ./e2e

generate:
	go generate ./...

# The releases of go whose texts docs/releases.md compares.
RELEASES := 1.14.15,1.15.15,1.16.15,1.17.13,1.18.10,1.19.13,1.20.14,1.21.13,1.22.12,1.23.12,1.24.13,1.25.14,1.26.8,1.27.4

record: ## play the catalogue and keep what it measured, for the documents
	go run ./cmd/book record lab/recorded/catalogue.jsonl
	go run ./cmd/book record --go $(RELEASES) lab/recorded/releases.jsonl

docs: ## write the documents from what was recorded
	go run ./cmd/book docs docs

clean:
	rm -rf bin
