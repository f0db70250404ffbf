package container

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// label marks what the lab has made in Docker, with the process that did.
const label = "tlslab.harness"

// harness is this process, as no other process of this machine is called
// before the next boot: its number, when it began (proc_pid_stat(5)) and the
// namespace in which that is its number.
var harness = sync.OnceValues(func() (string, error) { return processID(os.Getpid()) })

func processID(pid int) (string, error) {
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "", err
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name of the program may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	return strings.Join([]string{strconv.Itoa(pid), fields[19], namespace}, " "), nil
}

// dead says whether the process of a label is gone. Of those in other
// namespaces nothing is known.
func dead(mark string) bool {
	fields := strings.Fields(mark)
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil || len(fields) != 3 || fields[2] != namespace {
		return false
	}
	pid, err := strconv.Atoi(fields[0])
	if err != nil {
		return false
	}
	current, err := processID(pid)
	return err != nil || current != mark
}

// sweep removes what processes that are gone have left in Docker. Containers
// end with their harness; what can be left are those that were never started,
// and networks.
func sweep(ctx context.Context, c *testcontainers.DockerClient) error {
	ours := client.Filters{}.Add("label", label)
	containers, err := c.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: ours})
	if err != nil {
		return err
	}
	var errs []error
	for _, found := range containers.Items {
		if dead(found.Labels[label]) {
			errs = append(errs, remove(ctx, c, found.ID))
		}
	}
	networks, err := c.NetworkList(ctx, client.NetworkListOptions{Filters: ours})
	if err != nil {
		return err
	}
	for _, found := range networks.Items {
		if dead(found.Labels[label]) {
			_, err := c.NetworkRemove(ctx, found.ID, client.NetworkRemoveOptions{})
			errs = append(errs, missingIsFine(err))
		}
	}
	return errors.Join(errs...)
}

// remove kills and removes a container, by its ID or its name.
func remove(ctx context.Context, c *testcontainers.DockerClient, id string) error {
	_, err := c.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if errdefs.IsConflict(err) { // the daemon is at it already
		err = nil
	}
	return missingIsFine(err)
}

func missingIsFine(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
