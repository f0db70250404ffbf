// Package guest drives a client's machine from outside, through its first
// process (package boot): it has sockets opened in the machine's network and
// takes them over, answers for the machine's resolver, and runs commands. What
// keeps the machine apart from this one is each backend's own.
package guest
