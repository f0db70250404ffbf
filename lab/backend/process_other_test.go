//go:build !linux

package backend

const parentVar = "TLSLAB_TEST_PARENT"

func parent() {}
