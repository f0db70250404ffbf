package tracer

import (
	"os"
	"strconv"
	"time"
)

func init() {
	if len(os.Args) == 1 && os.Args[0] == Name {
		_, _ = os.Stdout.WriteString(strconv.FormatInt(time.Now().Unix(), 10))
		os.Exit(0)
	}
}
