// Package tracer starts processes whose clock is wrong and follows what they
// start, by ptrace(2). It imports next to nothing, because the first process
// of a sandbox, which must start quickly, is one user of it.
//
// The other is the program that the harness is, executed again as [Name]:
// importing the package is all it takes. There the calls of wait4(2) that
// follow other processes take no child of the harness's away.
package tracer

// Name is argv[0] of the program when it is a tracer. Without arguments it
// prints its clock, in seconds since 1970. Its arguments are a [Patch], the
// path of a program, the number of the program's arguments, those, and the
// environment. It ends with the program's exit status, 128 plus the signal's
// number where one ended it, and everything that it traces ends with it.
const Name = "tlslab-clock"

// Complaints is the descriptor to which a tracer that cannot start the program
// writes the errno (decimal), a space and a text.
const Complaints = 3
