package locale

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// OwnPageLetter is the mail with the one-use link to a member's own page. name is the member's when several share the mailbox; else "".
func OwnPageLetter(l buurtbel.Language, name, link string, until, now time.Time, loc *time.Location) Letter {
	lead := Text(l, "message.own.lead", buurtbel.Args{"Until": When(l, until, now, loc)})
	if name != "" {
		lead = Text(l, "message.own.lead-named", buurtbel.Args{"Until": When(l, until, now, loc), "Name": name})
	}
	return letterOf(l, Text(l, "message.own.subject", nil),
		Block{Role: Heading, Text: Text(l, "message.own.subject", nil)},
		Block{Role: Body, Text: lead},
		Block{Role: Button, Text: Text(l, "message.own.button", nil), Target: link},
		Block{Role: Fine, Text: Text(l, "message.own.not-you", nil)})
}

// NoteLetter is a short mail to an office: a heading, what it means, and where to go on. link may be "".
func NoteLetter(l buurtbel.Language, subject, body, button, link string) Letter {
	blocks := []Block{{Role: Heading, Text: subject}, {Role: Body, Text: body}}
	if link != "" {
		blocks = append(blocks, Block{Role: Button, Text: button, Target: link})
	}
	return letterOf(l, subject, blocks...)
}
