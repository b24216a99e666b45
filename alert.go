package buurtbel

import (
	"strings"
	"time"
)

// AlertState says where an alert stands as a whole.
type AlertState string

// The alert states.
const (
	AlertWaiting  AlertState = "waiting"  // a second person must confirm text, area and count
	AlertRunning  AlertState = "running"  // deliveries are open, or the audience is still being expanded
	AlertStopped  AlertState = "stopped"  // stopped by police; what was unsent stays unsent
	AlertFinished AlertState = "finished" // every recipient is final
	AlertRefused  AlertState = "refused"  // the second person refused, or it lapsed unconfirmed
)

// Alert is an urgent message of police to members, with all that later refers to it.
type Alert struct {
	ID          ID
	Zone        ID
	Key         string // idempotency key of the launch; the same key twice is one alert
	Fact        Fact
	Priority    Priority
	Urgency     Urgency
	PlanVersion int
	OffPlan     string // the written reason for departing from the plan; "" when on plan
	Unwise      string // the written reason for going on in spite of warnings; "" when there were none
	Exercise    bool
	Networks    []ID
	Area        Area // the drawn area; nil: the networks' own
	By          ID   // official who launched
	At          time.Time
	Expires     time.Time
	State       AlertState
	Finished    time.Time // zero: not yet
	Asked       Asked
}

// Asked is who asked for the alert: never in a text, never asked before launching.
type Asked struct {
	By       string `json:"by,omitempty"` // "caller", "patrol", "own" or ""
	CallSign string `json:"call_sign,omitempty"`
	Incident string `json:"incident,omitempty"`
}

// MessageKind sorts what goes out.
type MessageKind string

// The kinds of message.
const (
	KindLaunch     MessageKind = "launch"
	KindUpdate     MessageKind = "update"
	KindCorrection MessageKind = "correction"
	KindAllClear   MessageKind = "all-clear"
	KindFeedback   MessageKind = "feedback"
	KindCode       MessageKind = "code"       // sign-in link, second person's link
	KindAnswer     MessageKind = "answer"     // automatic answer to a text
	KindReport     MessageKind = "report"     // to chief and mandated officer: departed from the plan
	KindBulletin   MessageKind = "bulletin"   // not urgent
	KindNotice     MessageKind = "notice"     // what each member is told whatever they wish: new internal rules, an exercise to come
	KindProbe      MessageKind = "probe"      // asks a silent contact point for a sign of life
	KindDigest     MessageKind = "digest"     // the weekday police news
	KindMeeting    MessageKind = "meeting"    // invites to a meeting, reminds of it, or tells that it was moved or taken back
	KindWithdrawal MessageKind = "withdrawal" // tells those whom a bulletin reached that it was withdrawn
)

// Class gives the order in which kinds of message are sent.
func (k MessageKind) Class() Class {
	switch k {
	case KindLaunch, KindUpdate, KindAllClear:
		return ClassAlert
	case KindCorrection, KindFeedback:
		return ClassCorrection
	case KindCode:
		return ClassCode
	case KindAnswer, KindReport:
		return ClassAnswer
	case KindDigest:
		return ClassDigest
	}
	return ClassBulletin
}

// MessageState says where one message stands.
type MessageState string

// The message states.
const (
	MessageWaiting  MessageState = "waiting" // for a second person
	MessageRunning  MessageState = "running"
	MessageStopped  MessageState = "stopped"  // nothing more is sent
	MessageFinished MessageState = "finished" // cursor at the end and every delivery final
)

// Message is one text in the languages of its audience, on its way to many members, or to one official.
type Message struct {
	ID       ID
	Zone     ID
	Alert    ID // 0: none
	Kind     MessageKind
	Class    Class
	Urgency  Urgency
	Exercise bool
	State    MessageState
	Sender   string // who speaks, such as the zone's name
	Texts    []Wording
	Link     bool // an acknowledgement link goes with the mails
	SMSLink  bool // and with the SMS
	Expires  time.Time
	Audience int // members in the frozen audience
	Cursor   int // members of it that were expanded
	Follows  FollowKind
}

// LinkMark stands in a text where each delivery's own acknowledgement link belongs. No text that a person writes can hold it.
const LinkMark = "\x00link\x00"

// WithoutLink is a text as it reads where no link belongs to it: on a page, in a preview, in a message that carries its link beside the text.
func WithoutLink(text string) string {
	if !strings.Contains(text, LinkMark) {
		return text
	}
	parts := strings.Split(text, LinkMark)
	for i := range parts[:len(parts)-1] {
		parts[i] = strings.TrimRight(parts[i], " \n")
	}
	return strings.TrimSpace(strings.Join(parts, ""))
}

// Wording is a message as worded for members under one regime.
type Wording struct {
	Regime  string `json:"regime"` // languages joined by "+", such as "fr+nl"
	Subject string `json:"subject"`
	SMS     string `json:"sms"`
	Mail    string `json:"mail"` // plain text
	HTML    string `json:"html"`

	Spoken []Spoken `json:"spoken,omitempty"` // one per language of the regime, in its order
	Diary  *Diary   `json:"diary,omitempty"`  // goes with the mail; nil: nothing
}

// Diary is what a mail puts into the calendar of who reads it: a file as RFC 5545 has it.
type Diary struct {
	Method string `json:"method"` // "PUBLISH" or "CANCEL" (RFC 5546 section 1.4), as the file says it too
	File   string `json:"file"`
}

// Spoken is a message as a telephone says it in one language, from the same source as its texts.
type Spoken struct {
	Language Language `json:"language"`
	Intro    string   `json:"intro"`  // who calls, and for whom
	Text     string   `json:"text"`   // the message itself
	Report   string   `json:"report"` // how to report what one saw
}

// Respelling is one word as written and as a voice must read it.
type Respelling struct {
	Language Language `json:"language,omitempty"` // empty: every language
	Written  string   `json:"written"`
	Spoken   string   `json:"spoken"`
}

// FollowKind says how the audience of a later message is made.
type FollowKind string

// How audiences follow.
const (
	FollowNone    FollowKind = ""        // a frozen audience of its own
	FollowReached FollowKind = "reached" // exactly the members whom the alert reached, also those whose hand-over settles only now
)

// String joins the regime's languages, as Wording.Regime has them.
func (r Regime) String() string {
	s := ""
	for i, l := range r {
		if i > 0 {
			s += "+"
		}
		s += string(l)
	}
	return s
}
