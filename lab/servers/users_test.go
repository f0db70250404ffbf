package servers

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAuthenticating(t *testing.T) {
	t.Parallel()
	users := map[string]string{"build": "secret"}
	for name, test := range map[string]struct {
		users          map[string]string
		user, password string
		status         int
	}{
		"nobody is asked":  {nil, "", "", http.StatusOK},
		"no credentials":   {users, "", "", http.StatusUnauthorized},
		"right":            {users, "build", "secret", http.StatusOK},
		"another password": {users, "build", "wrong", http.StatusUnauthorized},
		"another user":     {users, "test", "secret", http.StatusUnauthorized},
		"no user's name":   {users, "", "secret", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if test.user != "" || test.password != "" {
				r.SetBasicAuth(test.user, test.password)
			}
			w := httptest.NewRecorder()
			Authenticating(test.users, NewPage()).ServeHTTP(w, r)
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, test.status == http.StatusUnauthorized, w.Header().Get("WWW-Authenticate") != "")
		})
	}
}
