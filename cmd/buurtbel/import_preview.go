package main

import (
	"fmt"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/loading"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/memberfile"
)

// preview prints what each column was taken for, and each problem with its line and column.
func preview(w *world, s *loading.Staged) {
	lang := w.commands.Language
	for _, c := range s.Reading.Columns {
		fmt.Fprintf(w.out, "%-3s %-24s %s\n", c.Letter, c.Header, locale.Text(lang, "import.meaning."+string(c.Meaning), nil))
	}
	for _, r := range together(lang, s.Problems) {
		fmt.Fprintf(w.out, "%s %s\n", strings.Join(r.at, " "), r.sentence)
	}
}

// remark is what is said of one or more places in a list.
type remark struct {
	sentence string
	at       []string
	last     int // line
	column   string
}

// together says the same thing of many lines once: "2–61" for lines that follow each other.
func together(lang buurtbel.Language, problems []memberfile.Problem) []*remark {
	var out []*remark
	said := map[string]*remark{}
	for _, p := range problems {
		sentence := locale.Text(lang, "import.severity."+string(p.Severity), nil) + ": " + locale.Text(lang, p.Key, p.Args)
		r := said[p.Column+" "+sentence]
		if r == nil {
			r = &remark{sentence: sentence, column: p.Column}
			said[p.Column+" "+sentence], out = r, append(out, r)
		}
		r.add(p.Line)
	}
	return out
}

func (r *remark) add(line int) {
	n := len(r.at)
	switch {
	case n > 0 && line == r.last:
		return
	case n > 0 && line == r.last+1:
		first, _, _ := strings.Cut(r.at[n-1], "–")
		r.at[n-1] = strings.TrimSuffix(first, r.column) + "–" + fmt.Sprint(line) + r.column
	default:
		r.at = append(r.at, fmt.Sprint(line)+r.column)
	}
	r.last = line
}

func meanings() string {
	var out []string
	for _, m := range memberfile.Meanings {
		out = append(out, string(m))
	}
	return strings.Join(out, ", ")
}
