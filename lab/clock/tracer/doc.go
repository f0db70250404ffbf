// Package tracer follows processes whose clock is wrong, and what they start,
// by ptrace(2). It imports next to nothing, because the first process of a
// sandbox, which must start quickly, is one user of it.
//
// The other is the harness itself, which has children that are none of the
// tracer's: see [Patch.Follow].
package tracer

// Name is argv[0] of the program that uses this package when it shall print
// its clock, in seconds since 1970, and end. Importing the package is all that
// takes.
const Name = "tlslab-clock"
