package container

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
)

// scratchFiles are an empty system: no program, no certificate. The go command
// is lent to it as to every other.
var scratchFiles = []tar.Header{
	{Name: "etc/", Mode: 0o755, Typeflag: tar.TypeDir},
	{Name: "root/", Mode: 0o700, Typeflag: tar.TypeDir},
	{Name: "tmp/", Mode: 0o1777, Typeflag: tar.TypeDir},
	{Name: "etc/passwd", Mode: 0o644, Typeflag: tar.TypeReg},
	{Name: "etc/group", Mode: 0o644, Typeflag: tar.TypeReg},
}

var scratchContent = map[string]string{
	"etc/passwd": "root:x:0:0:root:/root:/nonexistent\n",
	"etc/group":  "root:x:0:\n",
}

const scratchRecipe = "empty system 1"

func makeScratch(context.Context, func(string)) (io.ReadCloser, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	var errs []error
	for _, header := range scratchFiles {
		content := scratchContent[header.Name]
		header.Size = int64(len(content))
		errs = append(errs, w.WriteHeader(&header))
		_, err := io.WriteString(w, content)
		errs = append(errs, err)
	}
	return io.NopCloser(&archive), errors.Join(append(errs, w.Close())...)
}
