package lab

import (
	"github.com/tlslab/tlslab/lab/endpoint"
	"github.com/tlslab/tlslab/lab/resolver"
)

// queries are what the world's resolver was asked, by name, where the backend
// has one. A client asks for names that are in its hosts file nowhere.
func (r *World) queries() map[string][]endpoint.Query {
	m, ok := r.machine.(interface{ Queries() []resolver.Query })
	if !ok {
		return nil
	}
	queries := map[string][]endpoint.Query{}
	for _, q := range m.Queries() {
		queries[q.Name] = append(queries[q.Name], endpoint.Query{Type: q.Type, Answer: q.Answer})
	}
	return queries
}
