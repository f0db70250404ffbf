package boot

import (
	"os"
	"strconv"
	"syscall"
)

// user is whose the commands are: the first process's own user where it is
// empty.
var user struct {
	credential *syscall.Credential
	rights     []uintptr
}

// The rights of a container's root over files (capabilities(7)): another user
// needs them to repair the machine as root would.
const (
	capChown       = 0
	capDACOverride = 1
	capFowner      = 3
	capBind        = 10
)

func as(args Words) error {
	uid, err := strconv.ParseUint(args[0], 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(args[1], 10, 32)
	if err != nil {
		return err
	}
	user.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}
	user.rights = []uintptr{capChown, capDACOverride, capFowner, capBind}
	return nil
}

func own(args Words) error {
	uid, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	if err := os.Lchown(args[0], uid, gid); !os.IsNotExist(err) {
		return err
	}
	return nil
}
