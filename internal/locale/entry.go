package locale

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// ProofLetter is the mail with a code by which somebody who is signed in shows once more who it is.
func ProofLetter(l buurtbel.Language, code string, until, now time.Time, loc *time.Location) Letter {
	return letterOf(l, Text(l, "message.entry.proof-subject", buurtbel.Args{"Code": code}),
		Block{Role: Heading, Text: code},
		Block{Role: Body, Text: Text(l, "message.entry.proof", buurtbel.Args{"Until": When(l, until, now, loc)})},
		Block{Role: Fine, Text: Text(l, "message.entry.proof-not-you", nil)})
}

// InviteLetter is the mail with a link that an administrator asked for: to sign in and put a passkey on a device.
func InviteLetter(l buurtbel.Language, link, zone string, until, now time.Time, loc *time.Location) Letter {
	return letterOf(l, Text(l, "message.entry.invite-subject", nil),
		Block{Role: Heading, Text: Text(l, "message.entry.invite-subject", nil)},
		Block{Role: Body, Text: Text(l, "message.entry.invite", buurtbel.Args{"Zone": zone, "Until": When(l, until, now, loc)})},
		Block{Role: Button, Text: Text(l, "message.sign-in.button", nil), Target: link},
		Block{Role: Fine, Text: Text(l, "message.entry.invite-not-you", nil)})
}

// Sealed is what the chief hears when a sealed code was used.
type Sealed struct {
	Number, Set, Left int    // which code of which set, and how many are left
	Who               string // the name that was stated
	Zone              string
	Link              string // where sessions are ended and a new set is made
}

// SealedLetter tells the chief that a sealed code was used.
func SealedLetter(l buurtbel.Language, s Sealed, at time.Time, loc *time.Location) Letter {
	args := buurtbel.Args{"Number": s.Number, "Set": s.Set, "Count": s.Left, "Who": s.Who, "Zone": s.Zone, "When": When(l, at, at, loc)}
	return letterOf(l, Text(l, "message.entry.sealed-subject", args),
		Block{Role: Heading, Text: Text(l, "message.entry.sealed-subject", args)},
		Block{Role: Body, Text: Text(l, "message.entry.sealed", args)},
		Block{Role: Body, Text: Text(l, "message.entry.sealed-left", args)},
		Block{Role: Button, Text: Text(l, "message.entry.sealed-button", nil), Target: s.Link},
		Block{Role: Fine, Text: Text(l, "message.entry.sealed-advice", nil)})
}
