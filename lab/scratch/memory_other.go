//go:build !linux

package scratch

// memory is "": only Linux has a folder in memory that is there for everyone.
func memory() string { return "" }
