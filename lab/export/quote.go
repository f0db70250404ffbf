package export

import (
	"bytes"
	"encoding/json"
	"strings"
)

// quote is text as one word of an nginx configuration. It has no words with a
// dollar sign.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// fileName is a name without what file systems do not take.
func fileName(name string) string { return strings.NewReplacer(":", "-", "/", "-").Replace(name) }

// shellWord is text as one word of a POSIX shell.
func shellWord(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./:+@,") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// shellWords is a command as a POSIX shell takes it.
func shellWords(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = shellWord(word)
	}
	return strings.Join(quoted, " ")
}

// composeWord is text as a scalar of a Compose file, with dollar signs that
// Compose does not take for variables.
func composeWord(text string) (string, error) {
	return yamlWord(strings.ReplaceAll(text, "$", "$$"))
}

// yamlWord is text as a scalar of YAML: JSON, which is YAML.
func yamlWord(text string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(text)
	return strings.TrimSpace(b.String()), err
}
