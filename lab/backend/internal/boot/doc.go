// Package boot is the first process of a client's machine, be it a sandbox or a
// container: the program that the harness is, executed again under another
// name. Importing the package is all it takes. It imports next to nothing, so
// that it is initialised, and takes over, before the packages of the program
// are.
package boot
