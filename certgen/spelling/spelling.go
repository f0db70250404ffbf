// Package spelling finds the word that somebody probably meant.
package spelling

import "strings"

// longest bounds what is compared: the effort grows with the product of the
// lengths, and nobody misspells a whole paragraph.
const longest = 100

// Nearest is the one of known that contains word, or else the one with the
// fewest edits from it, the closest in length among equals, case aside. It is
// "" where more than a third of word would have to change.
func Nearest(word string, known []string) string {
	if len(word) > longest {
		return ""
	}
	word = strings.ToLower(word)
	best, least := "", 0
	for _, candidate := range known {
		if len(candidate) > longest {
			continue
		}
		changes := changes(word, strings.ToLower(candidate))
		cost := 2*changes + max(len(word)-len(candidate), len(candidate)-len(word))
		if changes <= max(len(word)/3, 1) && (best == "" || cost < least) {
			best, least = candidate, cost
		}
	}
	return best
}

// changes are the edits from word to candidate; a part of the candidate that is
// long enough to be meant needs none.
func changes(word, candidate string) int {
	if len(word) > 3 && strings.Contains(candidate, word) {
		return 0
	}
	return edits(word, candidate)
}

// edits is the number of letters to insert, drop, change or swap with their
// neighbour between a and b (the optimal string alignment distance).
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := last[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(changed, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
