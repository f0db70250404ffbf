package scenarios

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestValuesListEveryConstant compares each Values method with the constants
// of its type in the sources.
func TestValuesListEveryConstant(t *testing.T) {
	t.Parallel()
	declared := map[string][]string{}
	for _, file := range []string{"scenario.go", "world.go", "host.go", "middlebox.go", "proxy.go", "client.go", "names.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && spec.Type != nil {
				name := spec.Type.(*ast.Ident).Name
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				declared[name] = append(declared[name], value)
			}
			return true
		})
	}
	listed := map[string][]string{}
	for _, e := range []enumerated{Side(""), Attack(""), Service(""), Protocol(""), ConnectAnswer(""), BoxKind(""), BoxStage(""), NameFault(""), Image("")} {
		listed[reflect.TypeOf(e).Name()] = e.Values()
	}
	assert.Equal(t, declared, listed)
}

func TestCauses(t *testing.T) {
	t.Parallel()
	all := Causes()
	for i, c := range all {
		assert.NotEmpty(t, c.Family(), c)
		assert.Regexp(t, `^[A-Zg].*\.$`, c.Sentence(), c)
		assert.True(t, isID(string(c)), c)
		assert.Equal(t, i, slices.Index(all, c), "%s stands twice", c)
	}
	assert.Empty(t, Cause("none").Family())
	assert.Empty(t, Cause("none").Sentence())
}

func TestCommandString(t *testing.T) {
	t.Parallel()
	for want, command := range map[string]Command{
		"go get example.test/hello@v1.0.0":     {"go", "get", "example.test/hello@v1.0.0"},
		`sh -c 'echo '\''a b'\'' >$HOME/x' ''`: {"sh", "-c", "echo 'a b' >$HOME/x", ""},
	} {
		assert.Equal(t, want, command.String())
	}
}
