// Package resolver is the DNS server of a world (RFC 1035). It answers from
// what it is told, asks nobody, and keeps the queries that it was asked.
package resolver
