package buurtbel

import (
	"slices"
	"time"
)

// Stoppable tells whether messages of a kind are stopped by one tap in a mail program (RFC 8058), and count for the limit of a day: bulletins and
// digests. It is the one place that decides so: no alert, correction, feedback, code or answer ever is.
func (k MessageKind) Stoppable() bool { return k == KindBulletin || k == KindDigest }

// MailRest says why a mailbox gets no bulletins and digests. Whatever it says, alerts and what follows them, codes and answers go there.
type MailRest string

// Why a mailbox rests.
const (
	MailGoes        MailRest = ""
	RestByWish      MailRest = "wish"      // the member stopped them
	RestByComplaint MailRest = "complaint" // who reads there called a mail of ours unwanted
	RestByReturn    MailRest = "returned"  // mails came back: there is no such mailbox
)

// A mailbox rests when mails came back from it that lie so far apart, within so long: one bad hour of a mail server stops nothing.
const (
	ReturnsApart  = 20 * time.Hour
	ReturnsWithin = 180 * 24 * time.Hour
)

// RestAfter decides how a mailbox stands that stood at rest, when hard reports about mails came back at these moments, each about another mail. A
// complaint counts at once; what the member wished stays.
func RestAfter(rest MailRest, complaint bool, returned []time.Time, now time.Time) MailRest {
	if rest != MailGoes && rest != RestByReturn {
		return rest
	}
	if complaint {
		return RestByComplaint
	}
	recent := slices.DeleteFunc(slices.Clone(returned), func(t time.Time) bool { return now.Sub(t) > ReturnsWithin })
	if len(recent) > 1 && slices.MaxFunc(recent, time.Time.Compare).Sub(slices.MinFunc(recent, time.Time.Compare)) >= ReturnsApart {
		return RestByReturn
	}
	return rest
}

// DefaultMails is how many bulletins and digests a member gets by mail on one day, unless the zone chooses otherwise.
const DefaultMails = 3

// MostMails is how many bulletins and digests a member of the zone gets on one day.
func (z *Zone) MostMails() int {
	if z.Mails <= 0 {
		return DefaultMails
	}
	return z.Mails
}

// NewsMove is what becomes of one bulletin or digest to one mailbox.
type NewsMove string

// The moves.
const (
	NewsGoes      NewsMove = "goes"
	NewsWaits     NewsMove = "waits"     // the day's limit is reached: it goes with what waits too, in one mail of the next day
	NewsStops     NewsMove = "stops"     // the member wishes none, at no other mailbox either
	NewsElsewhere NewsMove = "elsewhere" // the mailbox does not work: the member's next one
)

// News decides what becomes of a bulletin or digest to a mailbox. counted: it counts for today already, because another try or another mailbox of the member
// had it before. sent is how many went to the member today.
func News(rest MailRest, counted bool, sent, most int) NewsMove {
	switch {
	case rest == RestByWish || rest == RestByComplaint:
		return NewsStops
	case rest == RestByReturn:
		return NewsElsewhere
	case !counted && sent >= most:
		return NewsWaits
	}
	return NewsGoes
}

// BundleHour is the local hour at which what waited since the day before goes, in one mail.
const BundleHour = 9
