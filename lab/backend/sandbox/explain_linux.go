package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// kernelSetting is the value of a file below /proc/sys, "" where the kernel
// does not have it.
func kernelSetting(name string) string {
	value, err := os.ReadFile(filepath.Join("/proc/sys", name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(value))
}

// explain adds to the error of a sandbox that could not be made what forbids
// it, as far as the kernel's settings tell, and what to do.
func explain(err error, setting func(name string) string) error {
	why := ""
	switch {
	case errors.Is(err, errNoStore):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		why = "it did not get ready in time: this machine is overloaded, or something traces its processes"
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EUSERS):
		why = limitReached(setting)
	case errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EINVAL):
		why = "this kernel, or what emulates it, has no user, mount, network or PID namespaces: take another kernel"
	case errors.Is(err, fs.ErrPermission): // EPERM and EACCES
		why = forbiddenBy(setting)
	default:
		return err
	}
	return fmt.Errorf("%s (%w)", why, err)
}

func limitReached(setting func(string) string) string {
	for _, kind := range []string{"user", "mnt", "net", "pid", "ipc", "uts"} {
		name := "user/max_" + kind + "_namespaces"
		if setting(name) == "0" {
			return fmt.Sprintf("%s is 0: set it with `sysctl %s=15000`, as root", name, strings.ReplaceAll(name, "/", "."))
		}
	}
	return "this user has as many namespaces as user/max_*_namespaces allows: end others, or raise the limits with sysctl"
}

func forbiddenBy(setting func(string) string) string {
	switch {
	case setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
		return "AppArmor forbids user namespaces to programs without a profile (Ubuntu 23.10 and later): " +
			"allow them with `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or run as root"
	case setting("kernel/unprivileged_userns_clone") == "0":
		return "this system forbids user namespaces to ordinary users: " +
			"allow them with `sysctl kernel.unprivileged_userns_clone=1`, or run as root"
	}
	return "namespaces or mounts in them are forbidden here, as the seccomp profile and the masked /proc of Docker do: " +
		"start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined, or run outside of it"
}
