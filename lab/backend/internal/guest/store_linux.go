package guest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tlslab/tlslab/lab/backend"
	"github.com/tlslab/tlslab/lab/backend/internal/boot"
)

// Write are the instructions that write a file, in parts that fit into
// messages.
func Write(name, content string) (script []boot.Words) {
	verb := boot.Write
	for {
		part := content[:min(len(content), boot.MaxMessage/4)]
		content = content[len(part):]
		script = append(script, boot.Words{verb, name, part})
		if content == "" {
			return script
		}
		verb = boot.Append
	}
}

// DebianStore are the instructions that put roots where Debian's
// update-ca-certificates(8) takes them from, in a folder tlslab of shared, and
// the links to them in store, where that command would make them; so the real
// one, run inside, keeps the roots. links is how the links name shared. The
// content of /etc/ca-certificates.conf is conf.
func DebianStore(shared, links, store string, roots [][]byte) (script []boot.Words, conf string) {
	script = append(script, boot.Words{boot.Mkdir, path.Join(shared, "tlslab")})
	var lines strings.Builder
	for i, hashName := range backend.HashNames(roots) {
		name := fmt.Sprintf("tlslab_%d", i+1)
		lines.WriteString("tlslab/" + name + ".crt\n")
		script = append(script, Write(path.Join(shared, "tlslab", name+".crt"), string(backend.Bundle(roots[i:i+1])))...)
		script = append(script, boot.Words{boot.Link, path.Join(links, "tlslab", name+".crt"), path.Join(store, name+".pem")})
		if hashName != "" {
			script = append(script, boot.Words{boot.Link, name + ".pem", path.Join(store, hashName)})
		}
	}
	if lines.Len() == 0 {
		lines.WriteString("# none\n") // an empty one makes update-ca-certificates start afresh
	}
	return script, lines.String()
}
