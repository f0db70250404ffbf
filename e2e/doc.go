// Package e2e plays the whole catalogue with the real go command, holds the
// command line to its contract, and measures what the lab costs. It has tests
// and benchmarks only.
package e2e
