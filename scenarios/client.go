package scenarios

import (
	"strings"

	"github.com/tlslab/tlslab/certgen"
)

// Client is the machine that fails, and its command.
type Client struct {
	// Image is the system that the client is, in a container of its own. Empty
	// means whatever the backend has. A world that names one and no Trusts
	// leaves the image's own trust store as it is.
	Image Image `json:"image,omitempty"`

	// Trusts are the roots of the system's own store, by certificate name.
	Trusts []string `json:"trusts,omitempty"`

	// Files are put on the client before it runs: "$HOME/..." in its home
	// folder, "/..." anywhere (sandbox and containers only), else in the
	// module that the command runs in.
	Files map[string]File `json:"files,omitempty"`

	// Env is set over the lab's own environment. $HOME is replaced by the
	// client's home folder, nothing else is.
	Env Env `json:"env,omitempty"`

	// Before are commands that must succeed before the one that is judged.
	Before []Command `json:"before,omitempty"`

	// Clock is what the clock of every command shows: an offset from the right
	// time, or where it begins to run. Empty means the right time. Only what a
	// program reads is wrong, not the times of files.
	Clock certgen.Moment `json:"clock,omitempty"`

	// Run is the command that is judged.
	Run Command `json:"run"`

	// Runs is how often Run is repeated, each time with fresh caches. Zero
	// means once.
	Runs int `json:"runs,omitempty"`
}

// Image is a kind of system. The go command is lent to each.
type Image string

// The images. Scratch has no file at all but the go command's: no shell and no
// trust store. Debian has ca-certificates, git, curl, openssl and nginx.
const (
	Scratch Image = "scratch"
	Debian  Image = "debian"
)

// Env is an environment. A file may leave the quotes of a number or a truth
// value out: 0 and true are the texts "0" and "true".
type Env map[string]string

// Command is a program and its arguments; no shell reads it, but $HOME is
// replaced by the client's home folder. A file writes words in one string, or a
// list where an argument holds spaces or $HOME.
type Command []string

// String is the command as a person types it to a shell.
func (c Command) String() string {
	words := make([]string, len(c))
	for i, word := range c {
		if words[i] = word; word == "" || strings.ContainsAny(word, " \t*?[]#~!{}"+shellSyntax) {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// File is a file on the client: text, or certificates in some form, or the
// go.sum lines of modules, or a revocation list, or the lines of a hosts file.
type File struct {
	Text         string         `json:"text,omitempty"`
	Certificates []string       `json:"certificates,omitempty"`
	As           certgen.Format `json:"as,omitempty"` // of Certificates; empty means pem
	Sums         []string       `json:"sums,omitempty"`

	// Keys are certificates whose private keys follow Certificates in the
	// file, as the block PRIVATE KEY (RFC 5958) that servers want beside
	// theirs. The form is then pem.
	Keys []string `json:"keys,omitempty"`

	// Revokes are certificates of one issuer that the file, a revocation list
	// of that issuer (RFC 5280, section 5) as a block X509 CRL, says are
	// revoked.
	Revokes []string `json:"revokes,omitempty"`

	// Hosts are hosts whose names the file gives their true addresses, one
	// hosts(5) line each, whatever the resolver is told of them.
	Hosts []string `json:"hosts,omitempty"`
}
