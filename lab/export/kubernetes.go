package export

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"strings"

	"github.com/tlslab/tlslab/lab"
	"github.com/tlslab/tlslab/scenarios"
)

// KubernetesOptions are what an Indexed Job plays, and with what.
type KubernetesOptions struct {
	// Shards is the number of pods, at least 1.
	Shards int

	// Image is the name of the image that the pods run. Empty means tlslab.
	Image string

	// Program is tlslab as [Program] reads it, which goes into the image.
	Program []byte

	// Names choose scenarios of the catalogue, as [scenarios.Select] takes
	// them. None means all.
	Names []string

	// Go are releases, as 1.19.13. None means the one of the image.
	Go []string
}

// Kubernetes renders an Indexed Job that plays the catalogue, a part a pod.
func Kubernetes(opts KubernetesOptions) (*Export, error) {
	selected, err := scenarios.Select(opts.Names)
	if err != nil {
		return nil, err
	}
	k := &kubernetes{
		Shards: opts.Shards, Image: cmp.Or(opts.Image, "tlslab"),
		Base:   "golang:" + strings.TrimPrefix(runtime.Version(), "go"),
		Trials: len(lab.Cases(selected...)) * max(1, len(opts.Go)),
	}
	for _, s := range selected {
		if s.Handle() != s.ID {
			return nil, fmt.Errorf("%s: the pods have the catalogue and no files of yours; name scenarios by ID", s.File)
		}
	}
	if k.Shards < 1 || k.Shards > k.Trials {
		return nil, fmt.Errorf("--shards %d: expected 1 to %d, the number of trials", k.Shards, k.Trials)
	}
	if !imageName.MatchString(k.Image) {
		return nil, fmt.Errorf("--image %q: expected the name of an image, such as registry.corp.test/tlslab:1", k.Image)
	}
	for _, release := range opts.Go {
		if !releaseName.MatchString(release) {
			return nil, fmt.Errorf("--go %q: expected releases such as 1.19.13, which the pods fetch", release)
		}
	}
	k.Arguments = append(k.Arguments, "--json", "-j", "4")
	if k.Releases = len(opts.Go) > 0; k.Releases {
		k.Arguments = append(k.Arguments, "--go", strings.Join(opts.Go, ","))
	}
	k.Arguments = append(k.Arguments, opts.Names...)
	files := Tree{"tlslab": {Data: opts.Program, Mode: executable}}
	for name, from := range map[string]string{
		"job.yaml": "kubernetes.yml.tmpl", "README.md": "kubernetes.md.tmpl", "Dockerfile": "kubernetes.dockerfile.tmpl",
	} {
		text, err := render(from, k)
		if err != nil {
			return nil, err
		}
		files.add(name, text)
	}
	return &Export{Files: files}, nil
}

var (
	imageName   = regexp.MustCompile(`^[a-z0-9][A-Za-z0-9._:/@-]*$`)
	releaseName = regexp.MustCompile(`^(go)?[0-9]+(\.[0-9]+)*((rc|beta)[0-9]+)?$`)
)

// kubernetes is what the templates are filled with.
type kubernetes struct {
	Shards, Trials int
	Image, Base    string
	Releases       bool     // the pods fetch releases of Go
	Arguments      []string // of tlslab run, beside those of the shard
}

// Script is what a pod runs. Kubernetes sets JOB_COMPLETION_INDEX, from 0; what
// it would itself replace in it are variables that it knows, in single brackets.
func (k *kubernetes) Script() string {
	return fmt.Sprintf(`part=$((JOB_COMPLETION_INDEX + 1)); exec tlslab run --shard "$part/%d" --junit "/results/trials-$part.xml" %s`,
		k.Shards, shellWords(k.Arguments))
}
