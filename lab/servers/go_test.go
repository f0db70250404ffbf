package servers

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goClient is the real go command in a clean environment that trusts server.
type goClient struct {
	t    *testing.T
	home string
	env  []string
}

func newGoClient(t *testing.T, server *httptest.Server, env ...string) *goClient {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("go reads SSL_CERT_FILE on Linux alone, among the systems that this test knows")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go on PATH")
	}
	home := t.TempDir()
	roots := filepath.Join(home, "roots.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(roots, block, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(home, "go.mod"), []byte("module example.test/consumer\n\ngo 1.21\n"), 0o600))
	return &goClient{t: t, home: home, env: append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOPATH=" + home + "/go", "GOCACHE=" + home + "/cache",
		"GOENV=off", "GOTOOLCHAIN=local", "GOFLAGS=-modcacherw", "GOTELEMETRY=off",
		"SSL_CERT_FILE=" + roots, "SSL_CERT_DIR=" + home + "/none", "GIT_SSL_CAINFO=" + roots,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
	}, env...)}
}

func (c *goClient) run(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = c.home, c.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c *goClient) must(args ...string) string {
	c.t.Helper()
	out, err := c.run(args...)
	require.NoError(c.t, err, out)
	return out
}

func TestRealGoThroughTheProxy(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello, "example.test/hello@v1.1.0", "golang.org/toolchain@v0.0.1-go1.99.0.linux-"+runtime.GOARCH)
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	server := newTLSServer(t, NewModuleProxy(store, db))
	client := newGoClient(t, server, "GOPROXY="+server.URL, "GOSUMDB="+db.VerifierKey())

	assert.Equal(t, "example.test/hello v1.0.0 v1.1.0\n", client.must("list", "-m", "-versions", "example.test/hello"))
	client.must("get", hello)
	sums, err := os.ReadFile(filepath.Join(client.home, "go.sum"))
	require.NoError(t, err)
	want, err := store.Sums(hello)
	require.NoError(t, err)
	assert.Equal(t, strings.Join(want, "\n")+"\n", string(sums))
	assert.Equal(t, "main\n", client.must("list", "-f", "{{.Name}}", "example.test/hello/cmd/hello"))
	assert.Contains(t, client.must("get", "example.test/hello@latest"), "v1.0.0 => v1.1.0")

	client.env = append(client.env, "GOTOOLCHAIN=go1.99.0")
	assert.Equal(t, "go version go1.99.0 linux/"+runtime.GOARCH+"\n", lastLine(client.must("version")))
}

func lastLine(text string) string {
	lines := strings.SplitAfter(text, "\n")
	return lines[len(lines)-2]
}

func TestRealGoFindsTampering(t *testing.T) {
	t.Parallel()
	store := newStoreOf(t, hello)
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	tampered, err := store.Tampered()
	require.NoError(t, err)
	server := newTLSServer(t, NewModuleProxy(tampered, db))

	out, err := newGoClient(t, server, "GOPROXY="+server.URL, "GOSUMDB="+db.VerifierKey()).run("get", hello)
	assert.Error(t, err)
	assert.Contains(t, out, "go: example.test/hello@v1.0.0: verifying module: checksum mismatch")
	_, err = newGoClient(t, server, "GOPROXY="+server.URL, "GOSUMDB=off").run("get", hello)
	assert.NoError(t, err, "without the database nothing tells")
}

func TestRealGoDirect(t *testing.T) {
	t.Parallel()
	const name = "git.example.com/hello@v1.0.0"
	h, _ := newGitOf(t, "git.example.com", name, "git.example.com/hello/v2@v2.0.0")
	store := newStoreOf(t, name)
	db, err := NewSumdb("sum.corp.test", store)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", h)
	mux.Handle("sum.example.com/", db)
	server := newTLSServer(t, mux)
	client := newGoClient(t, server, "GOPROXY=direct", "HTTPS_PROXY="+newTunnel(t, server.Listener.Addr()),
		"GOSUMDB="+db.VerifierKey()+" https://sum.example.com")

	client.must("get", name)
	assert.Equal(t, "hello\n", client.must("list", "-f", "{{.Name}}", "git.example.com/hello"))
	client.env = append(client.env, "GONOSUMDB=git.example.com/hello/v2")
	client.must("get", "git.example.com/hello/v2@latest")
	assert.Equal(t, "hello\n", client.must("list", "-f", "{{.Name}}", "git.example.com/hello/v2"))
}

// newTunnel is an HTTP proxy that connects every CONNECT with addr.
func newTunnel(t *testing.T, addr net.Addr) string {
	t.Helper()
	var open sync.WaitGroup
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer open.Done()
		far, err := net.Dial("tcp", addr.String())
		if !assert.NoError(t, err) {
			return
		}
		defer far.Close()
		near, _, err := http.NewResponseController(w).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		defer near.Close()
		_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		open.Go(func() {
			_, _ = io.Copy(far, near)
			_ = far.Close()
		})
		_, _ = io.Copy(near, far)
	}))
	t.Cleanup(func() {
		proxy.Close()
		open.Wait()
	})
	return proxy.URL
}
