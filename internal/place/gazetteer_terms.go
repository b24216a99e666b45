package place

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// longestTerm is how much of a word is kept, in bytes; what is typed is cut the same.
const longestTerm = 40

// terms is the sorted table of all words with the streets in which each stands. The words lie in one string; shared is how many bytes a word
// has in common with the one before, so that a search with errors goes through the table as through a tree.
type terms struct {
	text     string
	at       []uint32 // text[at[i]:at[i+1]] is word i
	shared   []uint8
	postings []uint32 // street<<2 | field
	from     []uint32 // postings[from[i]:from[i+1]]
}

func newTerms(words map[string][]uint32) terms {
	var t terms
	var text strings.Builder
	last := ""
	for _, w := range slices.Sorted(maps.Keys(words)) {
		t.at, t.from = append(t.at, uint32(text.Len())), append(t.from, uint32(len(t.postings)))
		t.shared = append(t.shared, uint8(common(last, w)))
		t.postings = append(t.postings, words[w]...)
		text.WriteString(w)
		last = w
	}
	t.at, t.from = append(t.at, uint32(text.Len())), append(t.from, uint32(len(t.postings)))
	t.text = text.String()
	t.at, t.from, t.shared, t.postings = slices.Clip(t.at), slices.Clip(t.from), slices.Clip(t.shared), slices.Clip(t.postings)
	return t
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func (t *terms) len() int { return len(t.shared) }

func (t *terms) word(i int) string { return t.text[t.at[i]:t.at[i+1]] }

func (t *terms) streets(i int) []uint32 { return t.postings[t.from[i]:t.from[i+1]] }

// beginning gives the words that begin with a text: from, up to and without to.
func (t *terms) beginning(text string) (from, to int) {
	from = sort.Search(t.len(), func(i int) bool { return t.word(i) >= text })
	to = from + sort.Search(t.len()-from, func(i int) bool { return !strings.HasPrefix(t.word(from+i), text) })
	return from, to
}

// hit is a word of the table that a typed word may mean.
type hit struct {
	term  int
	edits int  // letters wrong, missing, too many, or two swapped
	whole bool // the whole word was typed, not its beginning only
}

// like gives every word that a typed one may mean with at most so many edits, as a whole or as its beginning.
func (t *terms) like(typed string, most int, see func(hit)) {
	if most == 0 {
		from, to := t.beginning(typed)
		for i := from; i < to; i++ {
			see(hit{i, 0, len(t.word(i)) == len(typed)})
		}
		return
	}
	w := newWalk(typed, most)
	dead := longestTerm + 1 // the depth at which the last word was too far already
	for i := range t.len() {
		shared := int(t.shared[i])
		if shared >= dead {
			continue
		}
		dead = longestTerm + 1
		word := t.word(i)
		if !w.follow(word, min(shared, w.depth)) {
			dead = w.depth
			continue
		}
		if edits := w.best[w.depth]; edits <= most {
			see(hit{i, edits, len(word) == w.depth && w.rows[w.depth][len(typed)] <= edits})
		}
	}
}

// walk compares a typed word with the words of the table one letter deeper at a time: the distance of Damerau and Levenshtein (optimal string
// alignment), and per depth the smallest distance of the whole typed word to a beginning of the word.
type walk struct {
	typed string
	most  int
	depth int // rows that hold
	rows  [longestTerm + 3][longestTerm + 1]int
	best  [longestTerm + 3]int
	path  [longestTerm + 3]byte
}

func newWalk(typed string, most int) *walk {
	w := &walk{typed: typed, most: most}
	for j := range len(typed) + 1 {
		w.rows[0][j] = j
	}
	w.best[0] = len(typed)
	return w
}

// follow goes on from a depth that the word shares with the one before. It is false when no word that begins so can be near enough; the walk
// then stands at the depth where that became clear.
func (w *walk) follow(word string, from int) bool {
	m := len(w.typed)
	deepest := min(len(word), m+w.most)
	for d := from + 1; d <= deepest; d++ {
		w.path[d], w.depth = word[d-1], d
		least := w.row(d, m)
		w.best[d] = min(w.best[d-1], w.rows[d][m])
		if least > w.most && w.best[d] > w.most {
			return false
		}
	}
	w.depth = deepest
	return true
}

// row reckons the distances at one depth and gives the least of them.
func (w *walk) row(d, m int) int {
	c, above, row := w.path[d], &w.rows[d-1], &w.rows[d]
	row[0] = d
	least := d
	for j := 1; j <= m; j++ {
		v := above[j-1]
		if w.typed[j-1] != c {
			v = 1 + min(v, above[j], row[j-1])
			if d > 1 && j > 1 && c == w.typed[j-2] && w.path[d-1] == w.typed[j-1] {
				v = min(v, w.rows[d-2][j-2]+1)
			}
		}
		row[j] = v
		least = min(least, v)
	}
	return least
}
