package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tlslab/tlslab/scenarios"
)

// Page writes a scenario's page: what is seen, why, the chain, what ends it
// and what does not.
func Page(p *Paper, s *scenarios.Scenario) {
	p.printf("%s\n", p.in(bold, s.Title))
	p.printf("%s\n", p.in(dim, fmt.Sprintf("%s · cause: %s", s.ID, s.Cause)))
	p.prose(s.About)
	p.expected(s)
	p.world(s.World)
	p.twins(s)
	p.fixes(s)
	p.myths(s)
	p.seen(s.Seen)
	p.section("Try it")
	p.printf("  tlslab run   %s\n  tlslab shell %s\n", s.Handle(), s.Handle())
}

func (p *Paper) section(title string) { p.printf("\n%s\n", p.in(bold, title)) }

// prose writes paragraphs, which an empty line separates; indented lines stay
// as they are.
func (p *Paper) prose(text string) {
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		p.printf("\n")
		if strings.HasPrefix(block, "  ") {
			p.printf("%s\n", block)
			continue
		}
		p.paragraph("", block)
	}
}

func (p *Paper) expected(s *scenarios.Scenario) {
	p.section("What it prints")
	p.paragraph("  $ ", s.World.Client.Run.String())
	if s.Waits != "" {
		p.paragraph("  ", "… after "+s.Waits+" of waiting:")
	}
	if s.Succeeds != "" {
		p.paragraph("  nothing: ", s.Succeeds)
	}
	for _, e := range s.Fails {
		if e.Go != "" {
			p.printf("  %s\n", p.in(dim, "go "+e.Go))
		}
		if e.Succeeds != "" {
			p.paragraph("  nothing: ", e.Succeeds)
		}
		for _, line := range slices.Concat(e.Stdout, e.Stderr) {
			p.paragraph("  … ", line)
		}
	}
}

func (p *Paper) world(w scenarios.World) {
	p.section("The chain")
	Drawing(p, w)
}

// Drawing writes a world: its chains, its names and its client.
func Drawing(p *Paper, w scenarios.World) {
	now := time.Now()
	for _, name := range slices.Sorted(maps.Keys(w.Hosts)) {
		host := w.Hosts[name]
		p.drawChain(w, name+serving(host), host.Presents, now)
		for i, backend := range host.Backends {
			p.paragraph("  ", fmt.Sprintf("machine %d of %d: %s", i+1, len(host.Backends), Difference(backend)))
		}
		for _, sni := range slices.Sorted(maps.Keys(host.BySNI)) {
			p.drawChain(w, name+", asked for "+sni, host.BySNI[sni], now)
		}
		if host.Proxy != nil && host.Proxy.SignsWith != "" {
			p.drawResigned(w, name, *host.Proxy, now)
		}
	}
	p.names(w)
	p.clientSide(w.Client)
}

// names says where names lead, as far as they do not lead to their hosts.
func (p *Paper) names(w scenarios.World) {
	if len(w.Names) == 0 {
		return
	}
	p.section("The names")
	for _, name := range slices.Sorted(maps.Keys(w.Names)) {
		p.paragraph("  ", name+": "+w.Names[name].String())
	}
}

// serving says what is peculiar about how a host is reached and speaks.
func serving(h scenarios.Host) string {
	var parts []string
	for _, port := range slices.Sorted(maps.Keys(h.Listens)) {
		parts = append(parts, fmt.Sprintf("speaks %s on port %s", h.Listens[port], port))
	}
	if h.TLS != nil {
		parts = append(parts, "TLS "+compact(h.TLS))
	}
	for _, box := range h.Behind {
		parts = append(parts, "behind a middlebox: "+box.String())
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

func (p *Paper) clientSide(c scenarios.Client) {
	if len(c.Env)+len(c.Files)+len(c.Before) == 0 && c.Clock == "" {
		return
	}
	p.section("The client")
	if c.Clock != "" {
		p.printf("  clock: %s\n", c.Clock)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		p.printf("  %s=%s\n", name, c.Env[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		p.paragraph("  ", name+": "+compact(c.Files[name]))
	}
	for _, command := range c.Before {
		p.paragraph("  $ ", command.String())
	}
}

// twins tells the cause from those that print the same text.
func (p *Paper) twins(s *scenarios.Scenario) {
	twins := scenarios.Twins(s.Cause)
	if len(twins) == 0 || s.Succeeds != "" {
		return
	}
	p.section("How to be sure")
	p.paragraph("  It is this where ", strings.Join(scenarios.Marks(s.Cause), " "))
	for _, twin := range twins {
		p.paragraph("  "+p.in(bold, string(twin))+": ", strings.Join(scenarios.Marks(twin), " "))
	}
}

func (p *Paper) fixes(s *scenarios.Scenario) {
	if s.Succeeds != "" && len(s.Fixes) == 0 {
		return
	}
	p.section("What ends it")
	for _, f := range s.Fixes {
		safety := p.in(green, "safe")
		if len(f.Unsafe) > 0 {
			safety = p.in(red, "UNSAFE: lets "+joined(f.Unsafe)+" in")
		}
		p.printf("\n  %s %s  %s\n", p.in(green, "✓"), p.in(bold, f.ID), p.in(dim, "by the "+string(f.By)+releases(f.Go)+" · ")+safety)
		p.paragraph("    ", f.Title)
		if f.About != "" {
			p.paragraph("    ", f.About)
		}
		p.paragraph("    ", Difference(f.Change))
	}
	if s.NoClientFix != "" {
		p.printf("\n")
		p.paragraph("  Nothing on the client: ", s.NoClientFix)
	}
}

func (p *Paper) myths(s *scenarios.Scenario) {
	if len(s.Myths) == 0 {
		return
	}
	p.section("What people try, and what does not help")
	for _, m := range s.Myths {
		p.printf("\n  %s %s\n", p.in(red, "✗"), p.in(bold, m.ID))
		p.paragraph("    ", "“"+strings.TrimSpace(m.Claim)+"”")
		if m.Because != "" {
			p.paragraph("    ", m.Because)
		}
		p.paragraph("    ", Difference(m.Change))
	}
}

func (p *Paper) seen(links []string) {
	if len(links) == 0 {
		return
	}
	p.section("Seen by")
	for _, link := range links {
		p.printf("  %s\n", link)
	}
}

// releases says with which releases something works.
func releases(bounds string) string {
	if bounds == "" {
		return ""
	}
	return ", with go " + bounds
}

func joined(attacks []scenarios.Attack) string {
	var names []string
	for _, a := range attacks {
		names = append(names, string(a))
	}
	return strings.Join(names, " and ")
}

// Difference shows a patch on one line, as flow-style YAML would.
func Difference(patch scenarios.Patch) string {
	var value any
	if err := json.Unmarshal(patch, &value); err != nil {
		return string(patch)
	}
	return flow(value)
}

// compact shows a value of the vocabulary on one line.
func compact(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return Difference(data)
}

func flow(value any) string {
	switch v := value.(type) {
	case map[string]any:
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, key+": "+flow(v[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, flow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case nil:
		return "null"
	}
	return fmt.Sprint(value)
}
