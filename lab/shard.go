package lab

import (
	"fmt"
	"strconv"
	"strings"
)

// Shard is part I of N of cases, by "I/N" with I from 1, as "2/4". The parts
// of one N are disjoint and together everything. An empty text means all.
func Shard(cases []Case, part string) ([]Case, error) {
	if part == "" {
		return cases, nil
	}
	first, second, _ := strings.Cut(part, "/")
	i, errI := strconv.Atoi(first)
	n, errN := strconv.Atoi(second)
	if errI != nil || errN != nil || i < 1 || i > n {
		return nil, fmt.Errorf("shard %q: expected I/N with I from 1 to N, such as 2/4", part)
	}
	var mine []Case
	for at := i - 1; at < len(cases); at += n {
		mine = append(mine, cases[at])
	}
	return mine, nil
}
