package mailread

import (
	"regexp"
	"slices"
	"strings"
)

// undelivered is how servers say in a subject or at the start of a text that a mail did not arrive.
var undelivered = phrases(
	`undeliver(ed|able)`, `returned mail`, `mail (delivery )?(failed|failure|error|system error)`, `delivery (status )?(notification|failure|failed|error|has failed|problem|delayed|report)`, `failure notice`, `(could|can|was|were) ?(not|n['’]t) (be )?(deliver|sent)`, `message (delivery )?(fail|could not|was not|wasn|not delivered|delayed|blocked|rejected)`, `(wasn['’]?t|was not) able to deliver`, `unable to deliver`, `not (been )?delivered`, `did(n['’]?t| not) reach`, `couldn['’]t be delivered`, `address not found`, `permanent (fatal )?error`, `qmail-send`, `returned to sender`, `mail could not`, `nondeliver`, `non-deliver`, `rejected your (message|e-?mail)`, `warning: (message|could not)`, `your message .{0,200}(rejected|blocked)`,
	`(kon|kan|kunnen|konden) niet (worden |aan )?(be|af)ge?(zorg|lever)`, `niet (be|af)ge?(zorgd|leverd)`, `onbestelbaar`, `niet bestelbaar`, `bezorging (is )?mislukt`, `aflevering (is )?mislukt`, `niet worden (bezorgd|afgeleverd)`, `teruggestuurd`, `mislukte (bezorging|aflevering)`, `vertraagd`,
	`(n['’]a|n['’]ont) pas (pu )?([êe]tre |[ée]t[ée] )?(remis|livr[ée]|distribu[ée]|envoy[ée]|achemin[ée])`, `(non|pas) (remis|distribu|livr|d[ée]livr)`, `[ée]chec (de (la )?)?(remise|livraison|distribution|l['’]envoi|d['’]envoi)`, `impossible de (remettre|livrer|distribuer|d[ée]livrer)`, `ind[ée]livrable`, `retourn[ée] [àa] l['’]exp[ée]diteur`, `remise (retard|diff|du message)`,
	`unzustellbar`, `nicht zu(ge)?stell`, `konnte nicht (zugestellt|[üu]bermittelt|gesendet|ausgeliefert)`, `konnte(n)? .{0,80}nicht (zugestellt|ausgeliefert)`, `(fehler|problem) bei der (zustellung|[üu]bermittlung|nachrichtenzustellung)`, `zustellung (fehlgeschlagen|nicht m[öo]glich|verz[öo]gert)`, `zur[üu]ckgesandt`, `[üu]bermittlung fehlgeschlagen`, `zustellfehler`)

// wording tells whether the mail is a report in its server's own words, and reads it: from a server's mailbox or without a way back, saying that something
// was not delivered.
func (r *reading) wording() (Kind, Sign) {
	failed := addresses(r.head.get("X-Failed-Recipients"))
	nobody := r.env.Known && r.env.From == "" || r.head.has("return-path") && strings.Trim(r.head.get("Return-Path"), " <>") == ""
	if !nobody && !r.byProgram() && len(failed) == 0 && len(r.reports) == 0 {
		return "", ""
	}
	shown := r.shown()
	if !undelivered.MatchString(r.mail.Subject) && !undelivered.MatchString(clip(shown, 4096)) {
		return "", ""
	}
	rep := &Report{Recipients: r.told(shown, failed)}
	r.original(rep)
	r.mail.Report = rep
	return Bounce, SignWording
}

// byProgram tells whether a mailbox of programs is the author, also where it has no domain, as in "MAILER-DAEMON <>".
func (r *reading) byProgram() bool {
	if r.mail.From != "" {
		return programs[programName(r.mail.From)]
	}
	return nameless.MatchString(clip(r.head.get("From"), maxPhrase))
}

var nameless = phrases(`mailer-?daemon`, `mail delivery (sub)?system`, `postmaster`)

// told gives the recipients that a text names as failed, each with what is said of it.
func (r *reading) told(shown string, failed []string) (list []Undelivered) {
	marks := r.named(shown, failed)
	for i, m := range marks {
		end := len(shown)
		if i+1 < len(marks) {
			end = marks[i+1].at
		}
		list = append(list, r.toldOf(m.box, shown[m.at:end], shown))
	}
	if len(list) == 0 {
		for _, box := range failed[:min(len(failed), maxReported)] {
			list = append(list, r.toldOf(box, shown, shown))
		}
	}
	if len(list) == 0 {
		list = append(list, r.toldOf("", shown, shown))
	}
	return list
}

// later is how servers say that they go on trying.
var later = phrases(`warning only`, `still being retried`, `will (be retried|continue|keep trying|be attempted|retry|try again)`, `delayed`, `no action is required`, `has not yet been delivered`, `still trying`, `do(es)? not need to resend`, `delivery incomplete`, `temporary problem`, `wordt opnieuw geprobeerd`, `blijven proberen`, `vertraagd`, `nouvelle tentative`, `retard[ée]e?`, `sera retent[ée]e?`, `verz[öo]gert`, `weiterhin versucht`, `erneut versucht`)

func (r *reading) toldOf(box, piece, whole string) Undelivered {
	u := Undelivered{Recipient: box, Action: GaveUp}
	if later.MatchString(r.mail.Subject) || later.MatchString(clip(whole, 2048)) {
		u.Action = Delayed
	}
	// The addresses say nothing of why, and a name such as block@ must not.
	u.classify(anyAddress.ReplaceAllString(piece, " "))
	if vague(u.Status) && u.Code == "" && u.Reason == "other" {
		u.classify(anyAddress.ReplaceAllString(whole, " ") + " " + r.mail.Subject)
	}
	return u
}

var (
	anyAddress = regexp.MustCompile(`[^\s<>()\[\]"',;:]{1,64}@[^\s<>()\[\]"',;:]{1,255}`)
	// The places where servers name who was not reached, the surest first.
	places = []*regexp.Regexp{
		regexp.MustCompile(`(?m)^[ \t]*<([^\s<>]+@[^\s<>]+)>[ \t]*:`),
		regexp.MustCompile(`(?im)^[ \t]*(?:recipient|to|aan|[àa]|an|destinataire|empf[äa]nger|ontvanger|final-recipient|original-recipient|geadresseerde|address|adres|adresse|e-mail|failed recipient|user)[^\S\n]*:[ \t]*(?:rfc822;[ \t]*)?\[?<?([^\s<>\[\]()]+@[^\s<>\[\]()]+)`),
		regexp.MustCompile(`(?m)^[ \t*•>·-]*<?(?:mailto:)?([^\s<>()]+@[^\s<>():,;]+)>?[ \t]*:?[ \t]*$`),
		regexp.MustCompile(`(?m)^[ \t*•·-]*[^\n@]{0,80}[(<\[](?:mailto:)?([^\s<>()\[\]]+@[^\s<>()\[\]]+)[)>\]][^\n]{0,20}$`),
		regexp.MustCompile(`(?i)(?:to|for|aan|bij|voor|[àa]|pour|an|f[üu]r|recipient|user|address|adres|mailbox)\s+(?:the (?:following )?(?:address|recipient|user)\s+)?["'<(\[]?([^\s<>()"'\[\]]+@[^\s<>()"'\[\],;]+)`),
		regexp.MustCompile(`([^\s<>()\[\]"',;:=]{1,64}@[^\s<>()\[\]"',;:]{1,255})`),
	}
)

// place is where a text names a recipient.
type place struct {
	box string
	at  int
}

// named finds who a text names as not reached: at the surest kind of place that there is, and of several only who X-Failed-Recipients lists.
func (r *reading) named(shown string, failed []string) (found []place) {
	for _, p := range places {
		for _, at := range p.FindAllStringSubmatchIndex(shown, maxReported) {
			box := mailboxOf(strings.TrimRight(shown[at[2]:at[3]], ".,;:"))
			box = box[strings.LastIndexByte(box, ':')+1:] // SMTP:jan@example.org
			if box == "" || programs[programName(box)] || slices.ContainsFunc(found, func(f place) bool { return f.box == box }) {
				continue
			}
			if _, ours := r.known(box); ours || len(failed) > 0 && !slices.ContainsFunc(failed, func(f string) bool { return strings.EqualFold(f, box) }) {
				continue
			}
			found = append(found, place{box, at[0]})
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
