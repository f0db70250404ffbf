package lab

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/tlslab/tlslab/lab/client"
)

// Visitor makes a client for a person: with the world's certificates, not
// their keys, in ~/certs, so that what is missing can be installed by hand.
// The name is for the prompt.
func (r *World) Visitor(name string) (*client.Client, error) {
	c, err := r.Client()
	if err != nil {
		return nil, err
	}
	prompt := "[" + name + "] \\w $ "
	c.Set("PS1", prompt)
	// A system's own bashrc sets another prompt (Debian's does); the one of
	// the home comes after it.
	bashrc := "PS1='" + strings.ReplaceAll(prompt, "'", `'\''`) + "'\n"
	if err := os.WriteFile(filepath.Join(c.Home(), ".bashrc"), []byte(bashrc), 0o600); err != nil {
		return nil, err
	}
	for _, variable := range []string{"TERM", "COLORTERM", "NO_COLOR"} {
		if value := os.Getenv(variable); value != "" {
			c.Set(variable, value)
		}
	}
	dir := filepath.Join(c.Home(), "certs")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	for _, name := range r.set.Names() {
		file := filepath.Join(dir, name+".crt")
		if err := os.WriteFile(file, r.set.Certificate(name).PEM(), 0o600); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Enter is the command that lets another terminal into the world, for a
// backend in which that takes one; else nil.
func (r *World) Enter() []string {
	if m, ok := r.machine.(interface{ Enter() []string }); ok {
		return m.Enter()
	}
	return nil
}
