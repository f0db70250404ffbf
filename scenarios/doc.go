// Package scenarios is the language of the lab and its catalogue: what a world
// is (certificates, hosts, what stands between, a client), what a scenario
// says about one (the failure, the fixes, the myths), the strict loader that
// reads them from files, and the files of the catalogue themselves. It opens
// no socket and runs no command.
package scenarios
