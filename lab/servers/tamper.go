package servers

import (
	"net/http"
	"strings"
)

// Tampering answers requests for the module zips of changed with those, and
// leaves every other request to next. See [Store.Tampered].
func Tampering(changed *Store, next http.Handler) http.Handler {
	zips := NewModuleProxy(changed, nil)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".zip") {
			zips.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
