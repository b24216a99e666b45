package wording

import (
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// shapes are the number plates of the countries around, as runs of letters (L) and digits (D); a separator may stand between any two runs,
// and ends a run. Formats: BE since 2010 and before, NL sidecodes 1-14 (RDW), FR SIV and FNI, LU. German plates are in german.
var shapes = map[string]bool{
	// Belgium: 1-ABC-123; 123-ABC, ABC-123; T-XAA-001 (taxi), Q-ABC-123 (trailer), M-ABC-123; A-123-B
	"D1L3D3": true, "D3L3": true, "L3D3": true, "L1L3D3": true, "L1D3L1": true, "L4D3": true,
	// Netherlands
	"L2D2D2": true, "D2D2L2": true, "D2L2D2": true, "L2D2L2": true, "L2L2D2": true, "L4D2": true, "D2L2L2": true, "D2L4": true,
	"D2L3D1": true, "D1L3D2": true, "L2D3L1": true, "L1D3L2": true, "L3D2L1": true, "L1D2L3": true, "D1L2D3": true, "D3L2D1": true,
	// France
	"L2D3L2": true, "D4L2D2": true, "D4L3D2": true, "D3L3D2": true, "D3L2D2": true,
	// Luxembourg, and the compact form of NL sidecode 1
	"L2D4": true,
}

// loose shapes have the form of other things too (names of models, bus stops, postcodes), so without a word for "plate" before them they need hyphens or capitals.
var loose = map[string]bool{"L4D3": true, "L4D2": true, "D2L4": true, "L1D3L1": true}

// plateJoin stands between two runs; a full stop with a space ends a sentence.
var plateJoin = regexp.MustCompile(`^(?: ?[-/_|] ?|\.| |)$`)

// plates finds number plates, also spelled out after a word for "plate".
func plates(d *document, _ buurtbel.Language, ctx Context) {
	announced(d, ctx)
	for i := range d.groups {
		for n := min(5, len(d.groups)-i); n >= 2; n-- {
			run := d.groups[i : i+n]
			if d.connected(run) && !d.isLine(run) && (d.isPlate(run) || d.isGerman(run)) {
				d.reportPlate(span{run[0].start, run[n-1].end}, ctx)
				break
			}
		}
	}
	singles(d, ctx)
}

// isLine tells whether a run is a word and one of the zone's lines: "BEL 101".
func (d *document) isLine(run []group) bool {
	return len(run) == 2 && (d.overlaps(d.ownLines, run[0].span) || d.overlaps(d.ownLines, run[1].span)) && strings.Contains(d.low[run[0].end:run[1].start], " ")
}

func (d *document) reportPlate(s span, ctx Context) {
	if d.overlaps(d.safe, s) || ctx.Missing.hasPlate(d.low[s.start:s.end]) {
		return
	}
	d.report(Refuse, Plate, s, nil)
}

// connected tells whether the groups hang together by separators that plates are written with, and by nothing else at either end.
func (d *document) connected(run []group) bool {
	first, last := run[0], run[len(run)-1]
	if !d.whole(span{first.start, last.end}) {
		return false
	}
	for i := 1; i < len(run); i++ {
		if !plateJoin.MatchString(d.low[run[i-1].end:run[i].start]) {
			return false
		}
	}
	return !d.hyphened(first.start-1, -1) && !d.hyphened(last.end, 1)
}

// hyphened tells whether a hyphen ties the run to another word or number, as in "Sint-Jan-12".
func (d *document) hyphened(i, step int) bool {
	if i < 0 || i >= len(d.low) || d.low[i] != '-' {
		return false
	}
	next := i + step
	return next >= 0 && next < len(d.low) && kindAt(d.low, next) != other
}

func shapeOf(run []group) string {
	var b strings.Builder
	for _, g := range run {
		if g.digits {
			b.WriteByte('D')
		} else {
			b.WriteByte('L')
		}
		if len(g.text) > 9 {
			return ""
		}
		b.WriteByte('0' + byte(len(g.text)))
	}
	return b.String()
}

// isPlate decides by form first, then by how likely the letters are to be of a plate: with hyphens or in capitals almost always, in small letters
// with spaces only when they are no word.
func (d *document) isPlate(run []group) bool {
	shape := shapeOf(run)
	if !shapes[shape] {
		return false
	}
	tight, hyphens := d.joints(run)
	letters := lettersOf(run)
	upper := d.allUpper(run)
	switch {
	case hyphens && len(run) > 2:
		return !holds(letters, months)
	case shape == "L1D3L1" || shape == "L2D4" && !tight && d.isNumbered(run):
		return false
	case shape == "L3D3" || shape == "D3L3":
		return d.isOldBelgian(letters[0], shape, tight, upper)
	case upper:
		g := letters[0]
		return len(letters) > 1 || (!units[g.text] || g.start == run[0].start || len(run[0].text) == 4) && (tight || len(g.text) < 3 || !neverPlate[g.text])
	case loose[shape]:
		return hyphens || tight && noVowels(run)
	case tight:
		return len(letters) > 1 || shape == "D1L3D3" && !units[letters[0].text] || !neverPlate[letters[0].text] && !compactWords[letters[0].text]
	}
	return d.smallLetters(letters)
}

// isNumbered tells whether two letters and four digits are a train, a flight or a cup: "IC 1234", "vlucht SN 3456", "WK 2026".
func (d *document) isNumbered(run []group) bool {
	if services[run[0].text] {
		return true
	}
	i := d.groupAt(run[0].start)
	return i > 0 && travel[d.groups[i-1].text]
}

// isOldBelgian decides on three letters beside three digits, which models of cars, lines of buses and prices have too.
func (d *document) isOldBelgian(g group, shape string, tight, upper bool) bool {
	switch {
	case tight && shape == "D3L3":
		return !units[g.text] && (upper || !compactWords[g.text] && !neverPlate[g.text])
	case tight:
		return !makes[g.text] && (upper || !compactWords[g.text])
	case neverPlate[g.text]:
		return false
	}
	return upper || d.smallLetters([]group{g})
}

// smallLetters decides on letters between spaces, in small letters or in a text that is all capitals: they are of a plate when one of them is no word.
func (d *document) smallLetters(letters []group) bool {
	strange := false
	for _, g := range letters {
		written := d.fold[g.start:g.end]
		if neverPlate[g.text] || written != g.text && !d.capped {
			return false
		}
		strange = strange || len(g.text) > 1 && !shortWords[g.text]
	}
	return strange && (!d.capped || !holds(letters, shortWords))
}

func lettersOf(run []group) []group {
	var out []group
	for _, g := range run {
		if !g.digits {
			out = append(out, g)
		}
	}
	return out
}

func holds(letters []group, set map[string]bool) bool {
	for _, g := range letters {
		if set[g.text] {
			return true
		}
	}
	return false
}

// noVowels tells whether the letters cannot be a word; Dutch plates have had no vowels since 1978.
func noVowels(run []group) bool {
	for _, g := range run {
		if !g.digits && strings.ContainsAny(g.text, "aeiouy") {
			return false
		}
	}
	return true
}

// joints tells whether the groups touch without a space, and whether all separators are hyphens.
func (d *document) joints(run []group) (tight, hyphens bool) {
	tight, hyphens = true, true
	for i := 1; i < len(run); i++ {
		between := d.low[run[i-1].end:run[i].start]
		tight = tight && !strings.Contains(between, " ") && !strings.Contains(between, ".")
		hyphens = hyphens && strings.Trim(between, " ") == "-"
	}
	return tight, hyphens
}

func (d *document) isUpper(s span) bool {
	w := d.fold[s.start:s.end]
	return w == strings.ToUpper(w)
}

func (d *document) allUpper(run []group) bool {
	for _, g := range run {
		if !g.digits && !d.isUpper(g.span) {
			return false
		}
	}
	return !d.capped
}

// isGerman recognises district, letters, number, and E or H: "AC-XY 123", "B-M 1E" (FZV annex 1).
func (d *document) isGerman(run []group) bool {
	if len(run) == 2 {
		return d.isGermanTight(run[0], run[1])
	}
	if len(run) < 3 || len(run) > 4 || run[0].digits || run[1].digits || !run[2].digits || len(run[2].text) > 4 || len(run[1].text) > 2 {
		return false
	}
	if len(run) == 4 && (run[3].start != run[2].end || run[3].text != "e" && run[3].text != "h") {
		return false
	}
	if !districts[run[0].text] {
		return false
	}
	upper := d.allUpper(run[:2])
	if d.low[run[0].end:run[1].start] == "-" {
		return upper || !neverPlate[run[1].text] && !(d.fold[run[1].start:run[1].end] == run[1].text && shortWords[run[0].text])
	}
	return upper
}

// isGermanTight recognises a German plate without any separator within its letters: "ACXY 123".
func (d *document) isGermanTight(letters, number group) bool {
	n, m := len(letters.text), len(number.text)
	return !letters.digits && number.digits && n >= 3 && n <= 5 && m >= 2 && m <= 4 && d.allUpper([]group{letters}) &&
		!neverPlate[letters.text] && !shortWords[letters.text] && districtIn(letters.text)
}

// districtIn tells whether letters written as one word begin with a district and leave one or two letters.
func districtIn(letters string) bool {
	for n := 1; n <= 3 && n < len(letters); n++ {
		if districts[letters[:n]] && len(letters)-n <= 2 {
			return true
		}
	}
	return false
}

// hasPlate tells whether the permission covers a plate, however it is written.
func (p *Permission) hasPlate(written string) bool {
	if p == nil {
		return false
	}
	for _, own := range p.Plates {
		if bare(own) != "" && bare(own) == bare(written) {
			return true
		}
	}
	return false
}

// bare keeps letters and digits only, in lower case.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, foldString(s))
}

var plateWord = regexp.MustCompile(`\b(nummerplaten?|nummerplaat|kentekenplaat|kentekens?|nummerbord|platen?|plaat|nrplt?|nrpl|plaques?|immatriculations?|immatriculee?s?|kennzeichen|autokennzeichen|nummernschild|number plate|licence plate|license plate|plates?|registration|reg)\b`)

// fillers may stand between the word for "plate" and the plate.
var fillers = wordSet(`nummer nr qui die that is was begint beginnend begon met eindigt eindigend eindigde op deel gedeeltelijk van : numero no est etait commence commencant par se
	termine terminant finit finissant debut partielle de la nummernschild lautet ist war beginnt beginnend mit endet endend auf teil teilweise number was starts starting begins
	beginning with ends ending in partial partly reads and en et und mogelijk peut etre vielleicht maybe vermoedelijk belgische franse nederlandse duitse belge francaise allemande
	neerlandaise belgisches deutsches franzosisches belgian french dutch german luxemburgse luxembourgeoise`)

// announced finds what follows a word for "plate", in any form: whole, in part, spelled by letters, digits and words.
func announced(d *document, ctx Context) {
	d.each(plateWord, func(w span) {
		i := d.groupAt(w.end)
		partly := false
		for i < len(d.groups) && fillers[d.groups[i].text] && d.near(i) {
			partly = partly || parts[d.groups[i].text]
			i++
		}
		if d.announcedWhole(i, ctx) {
			return
		}
		start, spelled, digits := i, 0, 0
		for i < len(d.groups) && (i == start || d.near(i)) {
			chars, isDigit := spelledChars(d.groups[i])
			if dashWords[d.groups[i].text] && i > start {
				i++
				continue
			}
			if chars == 0 || d.letterWord(i, start) {
				break
			}
			if isDigit {
				digits += chars
			}
			spelled += chars
			i++
		}
		if i > start && (spelled >= 3 && digits >= 1 && (spelled > digits || digits >= 5) || partly && spelled >= 2) {
			d.reportPlate(span{d.groups[start].start, d.groups[i-1].end}, ctx)
		}
	})
}

// announcedWhole takes any form of plate right behind the word for it, even of letters that are a word.
func (d *document) announcedWhole(i int, ctx Context) bool {
	for n := min(5, len(d.groups)-i); n >= 2; n-- {
		run := d.groups[i : i+n]
		if shapes[shapeOf(run)] && d.connected(run) && d.near(i) && !holds(lettersOf(run), makes) {
			d.reportPlate(span{run[0].start, run[n-1].end}, ctx)
			return true
		}
	}
	return false
}

// letterWord tells whether group i is an ordinary short word or a make of car and so no part of what is spelled.
func (d *document) letterWord(i, start int) bool {
	g := d.groups[i]
	return !g.digits && len(g.text) > 1 && alphabet[g.text] == 0 && !digitWords[g.text] && !tens[g.text] && (makes[g.text] || neverPlate[g.text] && !d.isUpper(g.span) || shortWords[g.text] && !d.isUpper(g.span))
}

// near tells whether only a short separator stands before group i.
func (d *document) near(i int) bool {
	if i == 0 {
		return true
	}
	between := d.low[d.groups[i-1].end:d.groups[i].start]
	return len(between) <= 3 && !strings.ContainsAny(between, "?!\n;") && strings.TrimSpace(between) != "."
}

// groupAt gives the first group that starts at or after a place in fold.
func (d *document) groupAt(at int) int {
	for i, g := range d.groups {
		if g.start >= at {
			return i
		}
	}
	return len(d.groups)
}

// spelledChars tells how many characters of a plate a group stands for: itself when short, one when it is a digit or letter by name.
func spelledChars(g group) (chars int, isDigit bool) {
	switch {
	case g.digits && len(g.text) <= 4:
		return len(g.text), true
	case digitWords[g.text]:
		return 1, true
	case tens[g.text]:
		return 2, true
	case alphabet[g.text] > 0 || len(g.text) == 1:
		return 1, false
	case !g.digits && len(g.text) <= 3 && !fillers[g.text]:
		return len(g.text), false
	}
	return 0, false
}

// singles finds plates that are spelled character by character without a word before them: "1 A B C 1 2 3".
func singles(d *document, ctx Context) {
	for i := 0; i < len(d.groups); {
		j, letters, digits := i, 0, 0
		for j < len(d.groups) && (j == i || d.near(j) && d.groups[j].start > d.groups[j-1].end) {
			chars, isDigit := spelledChars(d.groups[j])
			if chars != 1 || len(d.groups[j].text) == 1 && !isDigit && !d.isUpper(d.groups[j].span) {
				break
			}
			if isDigit {
				digits++
			} else {
				letters++
			}
			j++
		}
		if letters >= 2 && digits >= 2 && letters+digits >= 5 {
			d.reportPlate(span{d.groups[i].start, d.groups[j-1].end}, ctx)
		}
		i = max(j, i+1)
	}
}
