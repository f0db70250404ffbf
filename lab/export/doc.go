// Package export writes worlds down for other programs: as an nginx
// configuration, as a Compose file, and the catalogue as a Kubernetes Job.
// What the other program cannot express is an error that names it. It opens no
// socket and runs nothing.
package export
