package servers

import (
	"crypto/subtle"
	"net/http"
)

// Authenticating passes those requests on to next that come from one of users,
// passwords by name, by Basic authentication (RFC 7617). Others get a 401.
// Without users it is next itself.
func Authenticating(users map[string]string, next http.Handler) http.Handler {
	if len(users) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		want, known := users[name]
		if !known || subtle.ConstantTimeCompare([]byte(password), []byte(want)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="host"`)
			http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}
