package locale

import (
	"html"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// Letter is the one source of a mail: its plain part and its HTML part are made from the same blocks, so they cannot say different things.
type Letter struct {
	Subject  string
	Alert    bool // a live alert: the only mail with signal red
	Exercise bool // violet with stripes, and OEFENING in every block of its languages
	Blocks   []Block
}

// Role says what a block is.
type Role uint8

// The roles of a block.
const (
	Body    Role = iota // a paragraph
	Label               // small words above a heading, such as "Dringend bericht"
	Heading             // the one thing to read
	Lead                // larger paragraph
	Item                // a line of a list
	Button              // a link to act on; Target is the address
	Fine                // small print
	Rule                // a line between two languages
)

// Block is one piece of a letter. Text is plain; nothing in it is read as HTML.
type Block struct {
	Role     Role
	Language buurtbel.Language
	Text     string
	Target   string // of a Button, and of Fine that leads somewhere; may be a mark that is replaced per delivery, so it is written as it stands
}

// Wording is the letter as the words of a mail in one language.
func (l Letter) Wording(lang buurtbel.Language) buurtbel.Wording {
	return buurtbel.Wording{Regime: string(lang), Subject: l.Subject, Mail: l.Text(), HTML: l.HTML()}
}

// Text is the plain part: paragraphs apart by an empty line, links on a line of their own.
func (l Letter) Text() string {
	var b strings.Builder
	for i, block := range l.Blocks {
		if i > 0 {
			b.WriteString(gap(l.Blocks[i-1].Role, block.Role))
		}
		switch block.Role {
		case Button:
			b.WriteString(block.Text + ":\n" + block.Target)
		case Item:
			b.WriteString("- " + block.Text)
		case Rule:
			b.WriteString("--------")
		case Body, Label, Heading, Lead, Fine:
			b.WriteString(block.Text)
			if block.Target != "" {
				b.WriteString("\n" + block.Target)
			}
		}
	}
	b.WriteString("\n")
	return b.String()
}

func gap(before, after Role) string {
	if before == Item && after == Item || before == Label {
		return "\n"
	}
	return "\n\n"
}

// HTML is the HTML part in the house style: one column, inline styles, a dark variant, no remote content, no script, well under 20 KB.
func (l Letter) HTML() string {
	var b strings.Builder
	lang := buurtbel.Dutch
	if len(l.Blocks) > 0 && l.Blocks[0].Language.Valid() {
		lang = l.Blocks[0].Language
	}
	b.WriteString(`<!doctype html>
<html lang="` + string(lang) + `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>` + html.EscapeString(l.Subject) + `</title>
<style>` + darkStyle + `</style></head>
<body class="paper" style="margin:0;padding:0;background:#f7f2e7;color:#14213d;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:24px 12px;">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#fffdf8;border-radius:8px;overflow:hidden;">
` + l.edge() + `<tr><td style="padding:24px 24px 16px;font-family:'Atkinson Hyperlegible Next','Atkinson Hyperlegible',Verdana,Arial,sans-serif;font-size:18px;line-height:1.5;">
`)
	for _, block := range l.Blocks {
		b.WriteString(block.html(l, lang))
	}
	b.WriteString("</td></tr>\n" + l.edge() + "</table></td></tr></table></body></html>\n")
	return b.String()
}

// darkStyle is read by the mail programs that know dark mode; the others keep the inline styles.
const darkStyle = `@media (prefers-color-scheme:dark){.paper{background:#0e1526!important;color:#f3eee2!important}.card{background:#18213a!important}` +
	`.ink{color:#f3eee2!important}.soft{color:#c9c6bd!important}.line{border-color:#3b4666!important}.alert{color:#ff9a8f!important}.drill{color:#d3b8ff!important}}` +
	`a{color:inherit}`

// edge is the coloured band above and below: red for an alert, violet stripes for an exercise, bell yellow else.
func (l Letter) edge() string {
	style := "background:#f2b705;"
	switch {
	case l.Exercise:
		style = "background-color:#5b2a86;background-image:repeating-linear-gradient(45deg,#5b2a86 0,#5b2a86 12px,#d9c7f0 12px,#d9c7f0 24px);"
	case l.Alert:
		style = "background:#b3161b;"
	}
	return `<tr><td height="12" style="height:12px;line-height:12px;font-size:1px;` + style + `">&nbsp;</td></tr>` + "\n"
}

func (block Block) html(l Letter, main buurtbel.Language) string {
	text := html.EscapeString(block.Text)
	lang := ""
	if block.Language.Valid() && block.Language != main {
		lang = ` lang="` + string(block.Language) + `"`
	}
	switch block.Role {
	case Label:
		class, colour := l.tone()
		return `<p` + lang + ` class="` + class + `" style="margin:0 0 8px;font-size:16px;font-weight:bold;color:` + colour + `;">` + text + "</p>\n"
	case Heading:
		return `<h1` + lang + ` class="ink" style="margin:0 0 16px;font-size:26px;line-height:1.25;color:#14213d;">` + text + "</h1>\n"
	case Lead:
		return `<p` + lang + ` class="ink" style="margin:0 0 16px;font-size:20px;line-height:1.5;color:#14213d;">` + text + "</p>\n"
	case Item:
		return `<p` + lang + ` class="ink" style="margin:0 0 8px;padding-left:16px;border-left:4px solid #f2b705;color:#14213d;">` + text + "</p>\n"
	case Button:
		return `<p` + lang + ` style="margin:16px 0 24px;"><a href="` + html.EscapeString(block.Target) +
			`" style="display:inline-block;padding:14px 24px;background:#f2b705;color:#14213d;font-weight:bold;text-decoration:none;border-radius:6px;">` + text + "</a></p>\n"
	case Fine:
		if block.Target != "" {
			text = `<a href="` + html.EscapeString(block.Target) + `">` + text + `</a>`
		}
		return `<p` + lang + ` class="soft" style="margin:0 0 8px;font-size:16px;line-height:1.5;color:#454d63;">` + text + "</p>\n"
	case Rule:
		return `<hr class="line" style="border:0;border-top:1px solid #d8d0bd;margin:24px 0;">` + "\n"
	case Body:
	}
	return `<p` + lang + ` class="ink" style="margin:0 0 16px;color:#14213d;">` + text + "</p>\n"
}

// tone gives the class and colour of the label.
func (l Letter) tone() (class, colour string) {
	switch {
	case l.Exercise:
		return "drill", "#5b2a86"
	case l.Alert:
		return "alert", "#b3161b"
	}
	return "soft", "#454d63"
}
