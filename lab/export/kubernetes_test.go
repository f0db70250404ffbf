package export

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// strictly reads an object as the API server does: no key twice, and none that
// it does not know, also not one in other letters.
func strictly(text string, object any) error {
	data, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		return err
	}
	unknown, err := json.UnmarshalStrict(data, object)
	return errors.Join(append(unknown, err)...)
}

// manifests are the objects of an export.
func manifests(t *testing.T, text string) (namespace corev1.Namespace, claim corev1.PersistentVolumeClaim, job batchv1.Job) {
	t.Helper()
	documents := strings.Split(text, "\n---\n")
	require.Len(t, documents, 3)
	for i, object := range []any{&namespace, &claim, &job} {
		require.NoError(t, strictly(documents[i], object))
	}
	return namespace, claim, job
}

func exported(t *testing.T, opts KubernetesOptions) Tree {
	t.Helper()
	opts.Program = []byte("program")
	e, err := Kubernetes(opts)
	require.NoError(t, err)
	return e.Files
}

func TestKubernetes(t *testing.T) {
	t.Parallel()
	files := exported(t, KubernetesOptions{Shards: 7, Image: "registry.corp.test/tlslab:1"})
	namespace, claim, job := manifests(t, string(files["job.yaml"].Data))

	assert.Equal(t, "Namespace", namespace.Kind)
	assert.Equal(t, "PersistentVolumeClaim", claim.Kind)
	assert.Equal(t, "Job", job.Kind)
	assert.Equal(t, "batch/v1", job.APIVersion)
	for _, object := range []string{claim.Namespace, job.Namespace} {
		assert.Equal(t, namespace.Name, object)
	}
	assert.Equal(t, batchv1.IndexedCompletion, *job.Spec.CompletionMode)
	assert.EqualValues(t, 7, *job.Spec.Completions)
	assert.EqualValues(t, 7, *job.Spec.Parallelism)
	assert.EqualValues(t, 0, *job.Spec.BackoffLimitPerIndex, "a second try would hide a result")
	assert.Nil(t, job.Spec.BackoffLimit)

	pod := job.Spec.Template.Spec
	assert.Equal(t, corev1.RestartPolicyNever, pod.RestartPolicy)
	assert.False(t, *pod.HostUsers)
	assert.False(t, *pod.AutomountServiceAccountToken)
	assert.True(t, *pod.SecurityContext.RunAsNonRoot)
	assert.Equal(t, corev1.SeccompProfileTypeUnconfined, pod.SecurityContext.SeccompProfile.Type)
	require.Len(t, pod.Containers, 1)
	c := pod.Containers[0]
	assert.Equal(t, "registry.corp.test/tlslab:1", c.Image)
	assert.Equal(t, corev1.UnmaskedProcMount, *c.SecurityContext.ProcMount)
	assert.Equal(t, []corev1.Capability{"ALL"}, c.SecurityContext.Capabilities.Drop)
	assert.False(t, *c.SecurityContext.AllowPrivilegeEscalation)
	assert.Equal(t, "2", c.Resources.Requests.Cpu().String())
	assert.True(t, c.Resources.Requests.Memory().Cmp(*c.Resources.Limits.Memory()) <= 0)
	mounted := map[string]bool{}
	for _, volume := range pod.Volumes {
		mounted[volume.Name] = true
		if volume.PersistentVolumeClaim != nil {
			assert.Equal(t, claim.Name, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	for _, mount := range c.VolumeMounts {
		assert.True(t, mounted[mount.Name], mount.Name)
	}
	assert.Equal(t, "program", string(files["tlslab"].Data))
	assert.Contains(t, string(files["README.md"].Data), "docker build -t registry.corp.test/tlslab:1 .")
}

// The check that the other tests rely on refuses what the API does not know.
func TestManifestsAreReadStrictly(t *testing.T) {
	t.Parallel()
	text := string(exported(t, KubernetesOptions{Shards: 1})["job.yaml"].Data)
	_, spec, found := strings.Cut(text, "kind: Job")
	require.True(t, found)
	for _, change := range [][2]string{
		{"restartPolicy", "restartpolicy"}, {"procMount", "procmounts"}, {"completions: 1", "completions: one"},
	} {
		require.Contains(t, spec, change[0])
		wrong := "kind: Job" + strings.Replace(spec, change[0], change[1], 1)
		assert.Error(t, strictly(wrong, &batchv1.Job{}), change[1])
	}
}

// Each pod plays its own part, whatever the names are quoted with.
func TestKubernetesParts(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the pods' shell is not Windows'")
	}
	files := exported(t, KubernetesOptions{Shards: 3, Go: []string{"1.19.13", "1.26.8"}, Names: []string{"trust/*", "chain/missing-intermediate"}})
	_, _, job := manifests(t, string(files["job.yaml"].Data))
	c := job.Spec.Template.Spec.Containers[0]
	bin := t.TempDir()
	put(t, filepath.Join(bin, "tlslab"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
	require.NoError(t, os.Chmod(filepath.Join(bin, "tlslab"), 0o755))

	for index, part := range map[string]string{"0": "1", "2": "3"} {
		cmd := exec.Command(c.Command[0], append(c.Command[1:], c.Args...)...)
		cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "JOB_COMPLETION_INDEX=" + index}
		out, err := cmd.Output()
		require.NoError(t, err)
		assert.Equal(t, []string{
			"run", "--shard", part + "/3", "--junit", "/results/trials-" + part + ".xml", "--json", "-j", "4",
			"--go", "1.19.13,1.26.8", "trust/*", "chain/missing-intermediate",
		}, strings.Split(strings.TrimSpace(string(out)), "\n"))
	}
}

func TestKubernetesRefuses(t *testing.T) {
	t.Parallel()
	own := filepath.Join(t.TempDir(), "own.yaml")
	source, err := caseOf(t, "chain/missing-intermediate", "broken").Scenario.Source()
	require.NoError(t, err)
	put(t, own, string(source))
	for name, test := range map[string]struct {
		opts KubernetesOptions
		says string
	}{
		"no pods":         {KubernetesOptions{}, "--shards 0"},
		"too many pods":   {KubernetesOptions{Shards: 1000, Names: []string{"chain/missing-intermediate"}}, "--shards 1000: expected 1 to "},
		"unknown":         {KubernetesOptions{Shards: 1, Names: []string{"nothing/*"}}, "nothing/*"},
		"a file":          {KubernetesOptions{Shards: 1, Names: []string{own}}, own},
		"a path":          {KubernetesOptions{Shards: 1, Go: []string{"/usr/bin/go"}}, `--go "/usr/bin/go"`},
		"no image's name": {KubernetesOptions{Shards: 1, Image: "a b"}, `--image "a b"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Kubernetes(test.opts)
			assert.ErrorContains(t, err, test.says)
		})
	}
}
