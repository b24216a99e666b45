package replytext

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// page turns HTML into lines. It follows tags, not a tree: its work is proportional to the bytes, however deep they nest.
type page struct {
	lines  []line
	buf    strings.Builder
	space  bool // white space is due before the next word
	open   []element
	counts map[string]int // open elements by name
	rest   bool           // all that follows is a quote
}

type element struct {
	name   string
	kind   Kind // of what stands in it
	hidden bool
	pre    bool
}

// readHTML reads the body of an HTML mail. Quotes, attributions and signatures that a mail program marked as such have their kind; the rest is
// judged as plain text is.
func readHTML(text string) []line {
	p := page{counts: map[string]int{}, open: []element{{}}}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken: // the end: reading a string gives no other error
			p.flush(false)
			return p.lines
		case html.TextToken:
			if top := p.top(); !top.hidden {
				p.words(string(z.Text()), top.pre)
			}
		case html.StartTagToken:
			p.start(z.Token())
		case html.SelfClosingTagToken:
			t := z.Token()
			p.start(t)
			if !void[t.Data] {
				p.end(t.Data)
			}
		case html.EndTagToken:
			p.end(z.Token().Data)
		}
	}
}

func (p *page) top() element { return p.open[len(p.open)-1] }

var void = set("area base br col embed hr img input link meta source track wbr")

var blocks = set("address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header html li main nav ol p pre section table tbody tfoot thead tr ul")

var hiddenElements = set("head script style title template noscript object svg textarea select")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

func (p *page) start(t html.Token) {
	if t.Data == "br" {
		p.flush(true)
		return
	}
	if t.Data == "td" || t.Data == "th" {
		p.space = true
	}
	if blocks[t.Data] || t.Data == "hr" {
		p.flush(false)
	}
	if void[t.Data] {
		return
	}
	marks := readMarks(t)
	if marks.rest && !p.top().hidden {
		p.rest = true
	}
	e := p.top()
	e.name = t.Data
	e.hidden = e.hidden || hiddenElements[t.Data] || marks.hidden
	e.pre = e.pre || t.Data == "pre"
	if e.kind == Own {
		e.kind = marks.kind
	}
	if t.Data == "p" && !marks.tight {
		p.paragraph()
	}
	p.open = append(p.open, e)
	p.counts[t.Data]++
	if t.Data == "li" {
		p.words("- ", true)
	}
}

func (p *page) end(name string) {
	if blocks[name] {
		p.flush(false)
	}
	if p.counts[name] == 0 {
		return
	}
	for len(p.open) > 1 {
		e := p.top()
		p.open = p.open[:len(p.open)-1]
		p.counts[e.name]--
		if e.name == name {
			break
		}
	}
	if name == "p" {
		p.space = false
	}
}

// paragraph leaves a blank line before a paragraph that has a margin.
func (p *page) paragraph() {
	if n := len(p.lines); n > 0 && !p.lines[n-1].blank() {
		p.lines = append(p.lines, line{kind: p.kind()})
	}
}

func (p *page) kind() Kind {
	if p.rest {
		return Quote
	}
	return p.top().kind
}

// words writes text with its white space as a browser shows it.
func (p *page) words(text string, pre bool) {
	for _, r := range text {
		switch {
		case pre && r == '\n':
			p.flush(true)
		case !pre && r != '\u00a0' && unicode.IsSpace(r):
			p.space = true
		default:
			if p.space && p.buf.Len() > 0 {
				p.buf.WriteByte(' ')
			}
			p.space = false
			p.buf.WriteRune(r)
		}
	}
}

// flush ends a line; an empty one only counts when a break made it.
func (p *page) flush(always bool) {
	p.space = false
	if p.buf.Len() == 0 && !always {
		return
	}
	text := strings.ReplaceAll(p.buf.String(), "\u00a0", " ")
	p.buf.Reset()
	kind := p.kind()
	if depth, _ := unquote(text); depth > 0 && kind == Own {
		kind = Quote
	}
	p.lines = append(p.lines, line{text: tidy(text), kind: kind})
}

// marks is what an element's attributes tell.
type marks struct {
	kind   Kind
	hidden bool
	rest   bool
	tight  bool // a paragraph without margin
}

var (
	ownIndent   = regexp.MustCompile(`border(-left)?\s*:\s*(none|0)|margin[^;"]*40px`)
	hiddenStyle = regexp.MustCompile(`display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden`)
	outlookRule = regexp.MustCompile(`border\s*:\s*none\s*;\s*border-top\s*:\s*solid\s+\S+\s+1\.0pt|border-top\s*:\s*solid\s+\S+\s+1\.0pt[^"]*padding\s*:\s*3`)
	noMargin    = regexp.MustCompile(`margin(-(top|bottom))?\s*:\s*0`)
	tightClass  = regexp.MustCompile(`mso(normal|listparagraph|nospacing|plaintext)|elementtoproof|(^|\s)[ps]\d(\s|$)`)
	replyID     = regexp.MustCompile(`^(x_)*(divrplyfwdmsg|appendonsend|olk_src_body_section|mail-editor-reference-message-container|replybridge|ms-outlook-mobile-reference.*)$`)
	quoteName   = regexp.MustCompile(`yahoo_quoted|protonmail_quote|(^|\s)tutanota_quote|zmail_extra|(^|\s)moz-forward-container|wm-quote|mail_android_quote|gmx_quote|quoted-?reply`)
	signName    = regexp.MustCompile(`gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-(mobile|ios|android)-signature|applemailsignature|(^|\s)(x_)*signature(\s|$)|yahoo-signature|zimbra-signature|mail-signature`)
	attrName    = regexp.MustCompile(`gmail_attr|moz-cite-prefix|yahoo_quote_header`)
)

func readMarks(t html.Token) marks {
	var m marks
	var name, style, cite string
	for _, a := range t.Attr {
		switch a.Key {
		case "id":
			id := strings.ToLower(a.Val)
			m.rest = m.rest || replyID.MatchString(id)
			name += " " + id
		case "class":
			name += " " + strings.ToLower(a.Val)
		case "style":
			style = strings.ToLower(a.Val)
		case "type":
			cite = strings.ToLower(a.Val)
		}
	}
	name = strings.TrimSpace(name)
	m.hidden = style != "" && hiddenStyle.MatchString(style)
	m.tight = tightClass.MatchString(name) || noMargin.MatchString(style)
	switch {
	case signName.MatchString(name):
		m.kind = Signature
	case attrName.MatchString(name):
		m.kind = Attribution
	case quoteName.MatchString(name), t.Data == "blockquote" && (cite == "cite" || !ownIndent.MatchString(style)):
		m.kind = Quote
	case t.Data == "div" && outlookRule.MatchString(style):
		m.rest = true
	}
	return m
}
