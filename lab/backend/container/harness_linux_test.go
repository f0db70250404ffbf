package container

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/backendtest"
)

func TestDead(t *testing.T) {
	t.Parallel()
	alive, err := harness()
	require.NoError(t, err)
	assert.False(t, dead(alive), "this process")

	cmd := exec.Command("sleep", "1000")
	require.NoError(t, cmd.Start())
	child, err := processID(cmd.Process.Pid)
	require.NoError(t, err)
	assert.False(t, dead(child))
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	assert.True(t, dead(child))

	fields := strings.Fields(alive)
	assert.True(t, dead(strconv.Itoa(os.Getpid())+" 1 "+fields[2]), "another process that had the number")
	assert.False(t, dead(fields[0]+" 1 pid:[1]"), "of another namespace nothing is known")
	assert.False(t, dead("somebody else's label"))
}

// What a dead harness has left is swept, what a live one has is not.
func TestSweep(t *testing.T) {
	available(t)
	docker, err := docker()
	require.NoError(t, err)
	cmd := exec.Command("sleep", "1000")
	require.NoError(t, cmd.Start())
	killed, err := processID(cmd.Process.Pid)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.NoError(t, err)
	alive, err := harness()
	require.NoError(t, err)

	ref, err := images["scratch"].get(t.Context())
	require.NoError(t, err)
	left := map[string][2]string{} // by label: a container that was never started, and a network
	for _, mark := range []string{killed, alive} {
		c, err := testcontainers.Run(t.Context(), ref, testcontainers.WithNoStart(), testcontainers.WithCmd("nothing"),
			testcontainers.WithLabels(map[string]string{label: mark}), testcontainers.CustomizeRequestOption(quietly))
		require.NoError(t, err)
		n, err := network.New(t.Context(), network.WithLabels(map[string]string{label: mark}))
		require.NoError(t, err)
		left[mark] = [2]string{c.GetContainerID(), n.Name}
	}

	require.NoError(t, sweep(t.Context(), docker))

	there := func(mark string) (container, network error) {
		_, container = docker.ContainerInspect(t.Context(), left[mark][0], client.ContainerInspectOptions{})
		_, network = docker.NetworkInspect(t.Context(), left[mark][1], client.NetworkInspectOptions{})
		return container, network
	}
	c, n := there(alive)
	assert.NoError(t, c)
	assert.NoError(t, n)
	assert.NoError(t, remove(t.Context(), docker, left[alive][0]))
	_, err = docker.NetworkRemove(t.Context(), left[alive][1], client.NetworkRemoveOptions{})
	assert.NoError(t, err)
	c, n = there(killed)
	assert.Error(t, c)
	assert.Error(t, n)
}

// A container that is used again shows nothing of the world before.
func TestUsedAgain(t *testing.T) {
	available(t)
	b := closing(t, New())
	address := backend.Address{Host: "proxy.corp.test", Port: "443"}
	root, _ := backendtest.Authority(t, pkixName, "proxy.corp.test")
	plan := backend.Plan{
		Dir: t.TempDir(), Addresses: []backend.Address{address}, Roots: [][]byte{root},
		Files: map[string][]byte{localFolder + "/own.crt": root},
	}
	const look = "find /etc/ssl/certs /usr/local/share/ca-certificates /usr/share/ca-certificates /tmp /var/tmp -mindepth 1; " +
		"cat /etc/ca-certificates.conf /etc/hosts; ls / /etc | cksum"
	seen := func(plan backend.Plan, line string) (id, output string) {
		plan.Scratch = plan.Dir
		m, err := b.Open(t.Context(), plan)
		require.NoError(t, err)
		defer func() { require.NoError(t, m.Close()) }()
		_, output = backendtest.Shell(t, m, line)
		return m.(*machine).in.id, output
	}
	empty := backend.Plan{Dir: plan.Dir}
	first, before := seen(empty, look)
	second, _ := seen(plan, look+"; update-ca-certificates; echo 192.0.2.1 x >>/etc/hosts; mkdir -p /tmp/deep/er; touch /tmp/deep/er/file; touch /etc/new /new; setsid sleep 1000 &")
	third, after := seen(empty, look)
	assert.Equal(t, before, after)
	assert.Equal(t, first, second)
	assert.Equal(t, first, third)

	plan.Files = map[string][]byte{"/etc/own": nil}
	other, _ := seen(plan, "true")
	assert.NotEqual(t, first, other, "a file that stays needs a container of its own")
}
