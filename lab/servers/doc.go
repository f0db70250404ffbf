// Package servers is what the hosts of a world serve: modules through the
// GOPROXY protocol, a checksum database, git repositories, web pages, the
// answers of another host, and answers that a scenario dictates. All of them
// are HTTP handlers; how a host speaks below HTTP is package endpoint's.
package servers
