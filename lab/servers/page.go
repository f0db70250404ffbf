package servers

import "net/http"

// Page is the page of [NewPage].
const Page = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Welcome to the network</title></head>
<body><h1>Welcome to the network</h1><p>Please sign in to continue.</p></body>
</html>
`

// NewPage serves one HTML page with status 200 under every path, which is what
// captive portals and landing pages answer to go.
func NewPage() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		write(w, "text/html; charset=utf-8", []byte(Page))
	})
}
