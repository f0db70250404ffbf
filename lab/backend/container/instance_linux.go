package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"

	"github.com/tlslab/tlslab/lab/backend/internal/guest"
)

// request is what a container is started with.
type request struct {
	image   string // as the daemon knows it
	name    string // of the machine
	scratch string // seen under its own path, and where the container's folder is made
	tools   []string
	sealed  bool   // its image cannot be changed, but what cleared lists
	network string // empty for none but loopback
	aliases []string
	dns     []netip.Addr // whom Docker's resolver asks; none for this machine's own
}

// instance is a container that runs, with this program as its first process.
type instance struct {
	request
	id   string
	dir  string // on this machine; removed with the container
	link *guest.Link
}

// cleared are the folders that a sealed container has in memory, and which are
// emptied before it is used again: its trust store and what
// update-ca-certificates(8) makes that from, and where everyone may write.
var cleared = map[string]string{
	storeFolder:  "mode=0755",
	localFolder:  "mode=0755",
	sharedFolder: "mode=0755",
	"/tmp":       "mode=1777",
	"/var/tmp":   "mode=1777",
	"/run/lock":  "mode=1777",
}

// cleared are the folders of that kind which are not this machine's own, lent to
// the container.
func (r request) cleared() map[string]string {
	own := map[string]string{}
	for folder, options := range cleared {
		lent := func(source string) bool { return below(folder, source) }
		if !lent(r.scratch) && !slices.ContainsFunc(r.tools, lent) {
			own[folder] = options
		}
	}
	return own
}

// replaced are the files of a sealed container that are written anew before it
// is used again.
var replaced = []string{hostsFile, resolverFile, confFile}

// callback is how long the first process of a container that has started may
// take to call.
const callback = 20 * time.Second

var started atomic.Int64

// start starts a container, and waits until its first process has called.
func start(ctx context.Context, r request) (_ *instance, err error) {
	i := &instance{request: r}
	if i.dir, err = os.MkdirTemp(r.scratch, "container-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(explain(err), os.RemoveAll(i.dir))
		}
	}()
	folder, err := os.Open(i.dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	// The path of a socket has 107 bytes (unix(7)), and that of the folder may
	// be longer.
	name := fmt.Sprintf("/proc/self/fd/%d/%s", folder.Fd(), path.Base(socketAt))
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: name})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	for _, name := range replaced {
		if err := os.WriteFile(filepath.Join(i.dir, path.Base(name)), nil, 0o644); err != nil {
			return nil, err
		}
	}
	if i.id, err = i.run(ctx); err != nil {
		return nil, err
	}
	if i.link, err = i.accept(ctx, l); err != nil {
		return nil, errors.Join(err, i.remove())
	}
	return i, nil
}

// run has Docker create and start the container.
func (i *instance) run(ctx context.Context) (id string, err error) {
	program, err := self()
	if err != nil {
		return "", err
	}
	mark, err := harness()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("tlslab-%d-%d-%d", os.Getpid(), time.Now().UnixNano(), started.Add(1))
	options := []testcontainers.ContainerCustomizer{
		testcontainers.WithName(name),
		testcontainers.WithEntrypoint(program.entry...),
		testcontainers.WithLabels(map[string]string{label: mark}),
		testcontainers.WithConfigModifier(func(c *container.Config) { c.Hostname, c.User = i.name, "0:0" }),
		testcontainers.WithHostConfigModifier(func(c *container.HostConfig) { i.configure(c, program) }),
		testcontainers.CustomizeRequestOption(quietly),
	}
	if i.network != "" {
		options = append(options, testcontainers.WithEndpointSettingsModifier(func(settings map[string]*network.EndpointSettings) {
			settings[i.network] = &network.EndpointSettings{Aliases: i.aliases}
		}))
	}
	c, err := testcontainers.Run(ctx, i.image, options...)
	if err != nil {
		if docker, dockerErr := docker(); dockerErr == nil { // it may be there all the same
			err = errors.Join(err, remove(context.WithoutCancel(ctx), docker, name))
		}
		return "", err
	}
	return c.GetContainerID(), nil
}

// quietly has testcontainers-go keep its diary to itself.
func quietly(r *testcontainers.GenericContainerRequest) error {
	r.Logger = log.NewNoopLogger()
	return nil
}

func (i *instance) configure(c *container.HostConfig, program *program) {
	// Its first process ends with the harness, also after kill -9.
	c.AutoRemove = true
	c.CapAdd = []string{"NET_ADMIN"} // for hosts that are addresses
	c.Sysctls = map[string]string{"net.ipv6.conf.all.disable_ipv6": "0"}
	c.NetworkMode = "none"
	if i.network != "" {
		c.NetworkMode, c.DNS = container.NetworkMode(i.network), i.dns
	}
	bind := func(source, target string, readOnly bool) {
		c.Mounts = append(c.Mounts, mount.Mount{Type: mount.TypeBind, Source: source, Target: target, ReadOnly: readOnly})
	}
	for target, source := range program.files {
		bind(source, target, true)
	}
	bind(i.dir, runFolder, false)
	bind(i.scratch, i.scratch, false)
	for _, folder := range i.tools {
		bind(folder, folder, true)
	}
	if !i.sealed {
		return
	}
	c.ReadonlyRootfs = true
	c.Tmpfs = i.cleared()
	for _, name := range replaced {
		bind(filepath.Join(i.dir, path.Base(name)), name, false)
	}
}

// accept waits for the call of the first process.
func (i *instance) accept(ctx context.Context, l *net.UnixListener) (*guest.Link, error) {
	ctx, cancel := context.WithTimeout(ctx, callback)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	conn, err := l.AcceptUnix()
	if ctx.Err() != nil && err != nil {
		return nil, fmt.Errorf("a container started, but its first process did not call at the socket in %s: Docker must be on this machine, and see this machine's folders (%w)", i.dir, context.Cause(ctx))
	}
	if err != nil {
		return nil, err
	}
	return &guest.Link{UnixConn: conn}, nil
}

// remove ends the container and waits until it is gone.
func (i *instance) remove() error {
	docker, err := docker()
	if err != nil {
		return err
	}
	return errors.Join(remove(context.Background(), docker, i.id), os.RemoveAll(i.dir))
}

// stop ends the first process, and with it the container, which the daemon then
// removes.
func (i *instance) stop() error {
	err := i.link.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, os.RemoveAll(i.dir))
}

// like says whether a container started with r would be the same.
func (i *instance) like(r request) bool {
	return i.image == r.image && i.scratch == r.scratch && i.sealed == r.sealed && slices.Equal(i.tools, r.tools)
}
