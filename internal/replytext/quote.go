package replytext

import (
	"regexp"
	"strings"
)

// markQuotes finds what announces a quote, and quotes that have no ">".
func markQuotes(lines []line) {
	unfoldMailbox(lines)
	for i := range lines {
		lines[i].label = label(lines[i].text)
	}
	for i := 0; i < len(lines); i++ {
		if !lines[i].own() || lines[i].blank() || len(lines[i].text) > longest {
			continue
		}
		n, sure := announcement(lines[i:])
		if n == 0 {
			continue
		}
		next := i + n
		for next < len(lines) && lines[next].blank() {
			next++
		}
		follows := next < len(lines) && lines[next].kind == Quote
		if !sure && !follows {
			continue
		}
		mark(lines[i:i+n], Attribution)
		if more, _ := announcement(lines[min(next, len(lines)):]); !follows && more == 0 {
			mark(lines[i+n:], Quote)
			return
		}
		i += n - 1
	}
}

// unfoldMailbox takes back the ">" that closes a mailbox on a line of its own: "<somebody@example.org" above, "> wrote:" below.
func unfoldMailbox(lines []line) {
	for i := 1; i < len(lines); i++ {
		above, text := lines[i-1], lines[i].text
		if lines[i].kind == Quote && above.own() && len(text) < 60 && strings.HasSuffix(text, ":") && strings.HasPrefix(text, ">") &&
			strings.LastIndexByte(above.text, '<') > strings.LastIndexByte(above.text, '>') {
			lines[i].kind = Own
		}
	}
}

func mark(lines []line, kind Kind) {
	for i := range lines {
		if lines[i].own() {
			lines[i].kind = kind
		}
	}
}

// announcement counts the lines at the beginning that announce a quote. It is sure when no ">" need follow to believe it.
func announcement(lines []line) (n int, sure bool) {
	if len(lines) == 0 || !lines[0].own() || len(lines[0].text) > longest {
		return 0, false
	}
	first := fold(strings.TrimSpace(lines[0].text))
	if separator.MatchString(first) {
		return 1, true
	}
	if rule.MatchString(first) {
		if after := skipBlank(lines, 1); after <= 3 {
			if n := headerBlock(lines[after:]); n > 0 {
				return after + n, true
			}
		}
		return 0, false
	}
	if n := headerBlock(lines); n > 0 {
		return n, true
	}
	return attribution(lines)
}

func skipBlank(lines []line, from int) int {
	for from < len(lines) && lines[from].blank() {
		from++
	}
	return from
}

var (
	rule      = regexp.MustCompile(`^[_\-=*]{5,}$`)
	separator = regexp.MustCompile(`^(>?\s*)?([-_=*]{2,}\s*(oorspronkelijk(e)? (bericht|e-?mail|mail)|origineel (bericht|e-?mail)|doorgestuurd bericht|antwoord op|message (d'origine|original|initial|transfere|reexpedie)|mail original|courriel original|` +
		`(ursprungliche|originale?|weitergeleitete) (nachricht|mail|e-?mail)|originalnachricht|original[ -](message|appointment|mail|e-?mail)|forwarded message|reply message|reply to)[^\n]{0,40}[-_=*]{2,}|` +
		`(begin doorgestuurd bericht|debut du message (transfere|reexpedie)|anfang der weitergeleiteten (nachricht|e-?mail)|begin forwarded message)\s*:)$`)
)

// labels are the names of header fields that mail programs write above a quote.
var labels = map[string]string{
	"van": "from", "de": "from", "von": "from", "from": "from", "afzender": "from", "expediteur": "from", "absender": "from",
	"verzonden": "date", "verzonden op": "date", "datum": "date", "date": "date", "envoye": "date", "envoye le": "date", "date d'envoi": "date", "gesendet": "date", "gesendet am": "date", "sent": "date", "sent at": "date", "verstuurd": "date",
	"aan": "to", "a": "to", "an": "to", "to": "to", "pour": "to", "destinataire": "to", "destinataires": "to", "empfanger": "to",
	"onderwerp": "subject", "objet": "subject", "betreff": "subject", "subject": "subject", "sujet": "subject", "betreft": "subject",
	"cc": "copy", "kopie": "copy", "copie": "copy", "copie a": "copy", "bcc": "copy", "antwoorden aan": "copy", "reply-to": "copy", "repondre a": "copy", "antwort an": "copy",
}

var labelled = regexp.MustCompile(`^[*_>]{0,3}([a-z][a-z' -]{0,15}?)[*_]{0,2}\s?:[*_]{0,2}(\s|$)`)

// label gives which header field a line looks like, "" for none.
func label(text string) string {
	if at := strings.IndexByte(text, ':'); at < 1 || at > 30 {
		return ""
	}
	if len(text) > longest {
		text = text[:40]
	}
	if m := labelled.FindStringSubmatch(fold(strings.TrimSpace(text)) + " "); m != nil {
		return labels[m[1]]
	}
	return ""
}

// headerBlock counts the lines of a header block: at least three different fields, who sent it and when or about what among them; or who sent it
// and below it a day, where a program wrote no more.
func headerBlock(lines []line) int {
	if len(lines) == 0 || lines[0].label == "" {
		return 0
	}
	seen, day := map[string]bool{}, false
	end, loose := 0, 0
	for i := 0; i < min(len(lines), 14) && lines[i].own() && !lines[i].blank(); i++ {
		if l := lines[i].label; l != "" {
			seen[l] = true
			day = day || i == 1 && l == "date" && dated.MatchString(fold(lines[i].text))
			end, loose = i+1, 0
		} else if loose++; loose > 2 { // a list of recipients may go on over lines
			break
		}
	}
	if seen["from"] && (len(seen) >= 3 && (seen["date"] || seen["subject"]) || day) {
		return end
	}
	return 0
}

var (
	wrote    = regexp.MustCompile(`\b(schreef|geschreven|a ecrit|ecrivait|schrieb|geschrieben|wrote|writes|schreef:)\b`)
	opener   = regexp.MustCompile(`^["'<(]?(op|le|am|on|den|il|el|em)\b`)
	dated    = regexp.MustCompile(`\b(19|20)\d\d\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{1,2}\.? (jan|feb|f[e]v|m[aä]r|maa|mrt|apr|avr|mai|mei|may|jun|juin|jul|juil|aug|aou|sep|okt|oct|nov|dec|dez)`)
	timed    = regexp.MustCompile(`\b\d{1,2}\s?[:.hu]\s?\d{2}\b`)
	mailLike = regexp.MustCompile(`[^\s<>@]+@[^\s<>@]+`)
	later    = regexp.MustCompile(`(schreef|a ecrit|schrieb|wrote) (op|le|am|on)\b`)
	dayFirst = regexp.MustCompile(`^(19|20)\d\d-\d\d-\d\d|^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}`)
)

// attribution counts the lines of "Op … schreef …:", which may be folded over four.
func attribution(lines []line) (n int, sure bool) {
	var joined strings.Builder
	for i := 0; i < min(len(lines), 4) && lines[i].own() && !lines[i].blank(); i++ {
		if joined.Len()+len(lines[i].text) > longest {
			return 0, false
		}
		if i > 0 {
			joined.WriteByte(' ')
		}
		joined.WriteString(fold(strings.TrimSpace(lines[i].text)))
		s := strings.TrimRight(joined.String(), " *_")
		if strings.HasSuffix(s, ":") {
			ok, sure := attributes(s)
			if !ok || textFirst(lines[:i+1]) {
				return 0, false
			}
			return i + 1, sure
		}
	}
	return 0, false
}

// textFirst tells whether the announcement begins below the first line, which then is text of its own.
func textFirst(lines []line) bool {
	for i := 1; i < len(lines); i++ {
		if begin := fold(strings.TrimSpace(lines[i].text)); !opener.MatchString(begin) && !dayFirst.MatchString(begin) {
			continue
		}
		if n, _ := attribution(lines[i:]); n > 0 {
			return true
		}
	}
	return false
}

// attributes tells whether a folded line that ends in ":" says who wrote what follows, and when.
func attributes(s string) (ok, sure bool) {
	mailbox, moment := mailLike.MatchString(s), timed.MatchString(s)
	switch {
	case !dated.MatchString(s):
		return wrote.MatchString(s) && mailbox, false
	case opener.MatchString(s) && wrote.MatchString(s):
		return true, mailbox || moment
	case later.MatchString(s):
		return true, mailbox
	case dayFirst.MatchString(s) && mailbox:
		return true, true
	}
	return false, false
}
