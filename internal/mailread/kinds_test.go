package mailread

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/buurtbel/buurtbel"
)

// mails divides a file of the test data into its mails, each behind a line with its name.
func mails(t *testing.T, name string) (names []string, raw [][]byte) {
	t.Helper()
	for i, piece := range strings.Split("\n"+string(file(t, name)), "\n-- ") {
		title, mail, ok := strings.Cut(piece, " --\n")
		if i == 0 || !ok {
			continue
		}
		names = append(names, title)
		raw = append(raw, []byte(strings.ReplaceAll(mail+"\n", "\n", "\r\n")))
	}
	return names, raw
}

func TestAutomaticAnswers(t *testing.T) { allOf(t, "automatic", 20, Automatic) }

// TestPeopleAreNotTakenForPrograms reads mails with words that programs use too.
func TestPeopleAreNotTakenForPrograms(t *testing.T) { allOf(t, "people", 10, Message) }

// allOf reads the mails of every language's file, which holds some at least: each is of one kind.
func allOf(t *testing.T, file string, some int, kind Kind) {
	t.Helper()
	for _, lang := range buurtbel.Languages {
		names, raw := mails(t, file+"."+string(lang)+".txt")
		if len(names) < some {
			t.Errorf("%s: only %d", lang, len(names))
		}
		for i, name := range names {
			if m := Read(raw[i], Envelope{}, house); m.Kind != kind {
				t.Errorf("%s, %s: %s by %s", lang, name, m.Kind, m.Sign)
			}
		}
	}
}

func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

const from = "From: \"Peeters, Jan\" <jan@Example.org>\n"

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		name, mail string
		kind       Kind
		sign       Sign
	}{
		{"a tag", from + "To: Antwoord+Ab3dE5fG@Vlierbeek.example.org\n\nJa.\n", Reply, SignTag},
		{"a tag in the envelope", from + "Delivered-To: antwoord+x1@vlierbeek.example.org\nTo: buren@example.net\n\nJa.\n", Reply, SignTag},
		{"a thread", from + "To: alarm@vlierbeek.example.org\nIn-Reply-To: <000012nk3f4g5@vlierbeek.example.org>\n\nJa.\n", Reply, SignThread},
		{"the end of a thread", from + "References: <a@example.net>\n\t<000012NK3F4G5@vlierbeek.example.org>\n\nJa.\n", Reply, SignThread},
		{"a thread of others", from + "In-Reply-To: <000012nk3f4g5@elders.example.org>\n\nJa.\n", Message, SignNothingKnown},
		{"new", from + "To: alarm@vlierbeek.example.org\nSubject: Vraag\n\nMag ik iets vragen?\n", Message, SignNothingKnown},
		{"our own mail", from + "Message-ID: <000012nk3f4g5@vlierbeek.example.org>\n\nNieuws.\n", Loop, SignOwnMail},
		{"a colleague with a mailbox in our domain", "From: an@vlierbeek.example.org\nMessage-ID: <0c8f9d2e-1111-2222-3333-444455556666@vlierbeek.example.org>\n\nVraag.\n", Message, SignNothingKnown},
		{"our list", from + "List-Id: BIN Kerkveld <berichten.vlierbeek.example.org>\n\nNieuws.\n", Loop, SignOwnList},
		{"another list", from + "List-Id: <ander.example.net>\n\nNieuws.\n", Automatic, SignList},
		{"round and round", strings.Repeat("Received: from a by b; Tue, 10 Mar 2026 08:15:02 +0100\n", maxHops+1) + from + "\nx\n", Loop, SignHops},
		{"a receipt of reading", from + "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nGelezen.\n--b\nContent-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n", Automatic, SignReceipt},
		{"a report of success", from + "Content-Type: multipart/report; boundary=b\n\n--b\n\nOk.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; a@example.org\nAction: relayed\nStatus: 2.0.0\n--b--\n", Automatic, SignArrived},
		{"a report that a person passes on", from + "Subject: Fwd: failure notice\n\nHi. This is the qmail-send program.\n<a@example.org>:\nuser unknown\n", Message, SignNothingKnown},
		{"only a subject", from + "Subject: Waar blijft de terugkoppeling?\n\n\n", Message, SignNothingKnown},
		{"auto-submitted: no", from + "Auto-Submitted: no\n\nx\n", Message, SignNothingKnown},
	} {
		m := Read(crlf(c.mail), Envelope{}, house)
		if m.Kind != c.kind || m.Sign != c.sign {
			t.Errorf("%s: %s by %s, want %s by %s", c.name, m.Kind, m.Sign, c.kind, c.sign)
		}
	}
}

func TestTheAuthorIsRead(t *testing.T) {
	for value, want := range map[string][2]string{
		`"Peeters, Jan" <jan@Example.ORG>`:                       {"jan@example.org", "Peeters, Jan"},
		`Peeters, Jan <jan@example.org>`:                         {"jan@example.org", "Peeters, Jan"},
		`jan@example.org (Jan)`:                                  {"jan@example.org", "Jan"},
		`=?iso-8859-1?q?Ren=E9e?= <r@example.org>`:               {"r@example.org", "Renée"},
		`=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <y@example.org>`:     {"y@example.org", "山田"},
		"Ren\xe9e <r@example.org>":                               {"r@example.org", "Renée"},
		`=?x-none?q?a?= <a@example.org>`:                         {"a@example.org", "=?x-none?q?a?="},
		`<>`:                                                     {"", ""},
		`Mail Delivery System`:                                   {"", ""},
		`a@example.org, b@example.org`:                           {"a@example.org", ""},
		"\"a\r\nBcc: x@example.org\" <a@example.org>":            {"", ""},
		`"` + strings.Repeat("x", 3000) + `" <lang@example.org>`: {"lang@example.org", strings.Repeat("x", maxPhrase)},
		`=?utf-8?q?a=00b=0Ac?= <nul@example.org>`:                {"nul@example.org", "a b c"},
		`jan@` + strings.Repeat("a", 400) + `.example.org`:       {"", ""},
		`'jan@example.org'`:                                      {"jan@example.org", ""},
	} {
		m := Read([]byte("From: "+value+"\r\n\r\nx"), Envelope{}, house)
		if got := [2]string{m.From, m.Name}; got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// TestEnvelopeCountsBeforeTheHeader: who writes another's address into To answers nothing.
func TestEnvelopeCountsBeforeTheHeader(t *testing.T) {
	raw := crlf(from + "To: antwoord+gestolen@vlierbeek.example.org\n\nx\n")
	m := Read(raw, Envelope{Known: true, From: "jan@example.org", To: []string{"alarm@vlierbeek.example.org"}}, house)
	if d := cmp.Diff([]Ours{{Mailbox: "alarm@vlierbeek.example.org"}}, m.Ours); d != "" || m.Kind != Message {
		t.Errorf("%s %s", m.Kind, d)
	}
	if m := Read(raw, Envelope{Known: true}, house); m.Kind != Automatic || m.Sign != SignNobody {
		t.Errorf("from nobody: %s by %s", m.Kind, m.Sign)
	}
}

func TestComplaints(t *testing.T) {
	arf := func(fields string) string {
		return "Return-Path: <fbl@provider.example>\n" + from + "To: terug@vlierbeek.example.org\nSubject: FW: Nieuws\nContent-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\n\n" +
			"--b\nContent-Type: text/plain\n\nThis is an abuse report.\n--b\nContent-Type: message/feedback-report\n\n" + fields +
			"\n--b\nContent-Type: message/rfc822\n\nReturn-Path: <terug+K3f9@vlierbeek.example.org>\nFrom: alarm@vlierbeek.example.org\nTo: lid@example.org\nMessage-ID: <000012nk3f4g5@vlierbeek.example.org>\nSubject: Nieuws\n\nNieuws.\n--b--\n"
	}
	for _, c := range []struct {
		fields string
		kind   Kind
		want   Abuse
	}{
		{"Feedback-Type: abuse\nUser-Agent: Loop/1.0\nVersion: 1\nOriginal-Rcpt-To: <lid@example.org>\n", Complaint, Abuse{Type: "abuse", Recipients: []string{"lid@example.org"}, Reason: buurtbel.OptedOut, Reporter: "Loop/1.0"}},
		{"Feedback-Type: abuse\nVersion: 0.1\n", Complaint, Abuse{Type: "abuse", Recipients: []string{"lid@example.org"}, Reason: buurtbel.OptedOut}},
		{"Feedback-Type: opt-out\nVersion: 1\nRemoval-Recipient: <weg@example.org>\n", Complaint, Abuse{Type: "opt-out", Recipients: []string{"weg@example.org"}, Reason: buurtbel.OptedOut}},
		{"Feedback-Type: virus\nVersion: 1\n", Complaint, Abuse{Type: "virus", Recipients: []string{"lid@example.org"}}},
		{"Feedback-Type: ONBEKEND\nVersion: 1\n", Complaint, Abuse{Type: "other", Recipients: []string{"lid@example.org"}}},
		{"Feedback-Type: not-spam\nVersion: 1\n", Automatic, Abuse{Type: "not-spam", Recipients: []string{"lid@example.org"}}},
		{"Feedback-Type: auth-failure\nVersion: 1\n", Automatic, Abuse{Type: "auth-failure", Recipients: []string{"lid@example.org"}}},
	} {
		m := Read(crlf(arf(c.fields)), Envelope{}, house)
		c.want.Delivery, c.want.Mailbox = ourDelivery, &Ours{"terug@vlierbeek.example.org", "K3f9"}
		if m.Kind != c.kind || m.Abuse == nil {
			t.Errorf("%q: %s by %s", c.fields, m.Kind, m.Sign)
		} else if d := cmp.Diff(&c.want, m.Abuse); d != "" {
			t.Errorf("%q: %s", c.fields, d)
		}
	}
}

// TestComplaintWithoutReport is how Microsoft's programme sends them.
func TestComplaintWithoutReport(t *testing.T) {
	m := Read(crlf("From: staff@provider.example\nTo: terug@vlierbeek.example.org\nSubject: complaint about message from 203.0.113.10\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"+
		"X-HmXmrOriginalRecipient: lid@provider.example\nTo: verborgen@provider.example\nMessage-ID: <000012nk3f4g5@vlierbeek.example.org>\n\nNieuws.\n--b--\n"), Envelope{}, house)
	if m.Kind != Complaint || !cmp.Equal(m.Abuse.Recipients, []string{"lid@provider.example"}) || m.Abuse.Delivery != ourDelivery || m.Abuse.Reason != buurtbel.OptedOut {
		t.Errorf("%s by %s: %+v", m.Kind, m.Sign, m.Abuse)
	}
}

// TestWhatIsNotForGood: a mailbox is given up for what says so, and for nothing else.
func TestWhatIsNotForGood(t *testing.T) {
	for said, want := range map[string]Undelivered{
		"smtp; 550 Rejected":                                       {Code: "550", Severity: Soft, Reason: buurtbel.Rejected},
		"smtp; 550 7Qx Zorp":                                       {Code: "550", Severity: Soft, Reason: buurtbel.Rejected},
		"smtp; 550 5.1.1 mailbox full":                             {Code: "550", Status: "5.1.1", Severity: Soft, Reason: buurtbel.Unreachable},
		"smtp; 550 Mailbox is\n    frozen":                         {Code: "550", Severity: Soft, Reason: buurtbel.Unreachable},
		"smtp; 550 5.7.1 user unknown or access denied":            {Code: "550", Status: "5.7.1", Severity: Soft, Reason: buurtbel.Rejected},
		"smtp; 550 5.1.1 user unknown":                             {Code: "550", Status: "5.1.1", Severity: Hard, Reason: buurtbel.InvalidAddress},
		"smtp; 450 4.1.1 user unknown":                             {Code: "450", Status: "4.1.1", Severity: Soft, Reason: buurtbel.Unreachable},
		"smtp; 250 2.1.5 user unknown":                             {Status: "2.1.5", Severity: Soft, Reason: buurtbel.Other},
		"smtp; 554 5.7.1 blacklisted by 203.0.113.10":              {Code: "554", Status: "5.7.1", Severity: Soft, Reason: buurtbel.Rejected},
		"connect to mx.example.test[203.0.113.5]:25: no route 5.1": {Severity: Soft, Reason: buurtbel.Unreachable},
	} {
		u := Undelivered{Action: GaveUp}
		u.classify(said)
		want.Action = GaveUp
		if u != want {
			t.Errorf("%q: %+v, want %+v", said, u, want)
		}
	}
}

func TestSenders(t *testing.T) {
	for _, c := range []struct {
		name, fields string
		want         Verdict
	}{
		{"nothing", "", Unknown},
		{"dmarc", "mx.vlierbeek.example.org; dmarc=pass (p=reject dis=none) header.from=example.org", Verified},
		{"dmarc of another", "mx.vlierbeek.example.org; dmarc=pass header.from=elders.test", Unproven},
		{"aligned dkim", "mx.vlierbeek.example.org; dkim=pass header.d=mail.example.org header.s=a; spf=softfail smtp.mailfrom=b@elders.test", Verified},
		{"somebody else's dkim", "mx.vlierbeek.example.org 1; dkim=pass header.d=elders.test", Unproven},
		{"spf", "mx.vlierbeek.example.org; spf=pass (ip (nested) ok) smtp.mailfrom=\"x@news.example.org\"", Verified},
		{"failed", "mx.vlierbeek.example.org; dkim=pass header.d=example.org; dmarc=fail header.from=example.org", Failed},
		{"not our server", "mx.forger.test; dmarc=pass header.from=example.org", Unknown},
		{"a name in a comment", "mx.forger.test (mx.vlierbeek.example.org;); dmarc=pass header.from=example.org", Unknown},
		{"a public suffix", "mx.vlierbeek.example.org; dkim=pass header.d=org", Unproven},
		{"nothing known", "mx.vlierbeek.example.org; none", Unknown},
		{"nonsense", "mx.vlierbeek.example.org; dmarc; =; dmarc=hurra header.from=example.org; ;;", Unknown},
	} {
		mail := "From: jan@example.org\n\nx\n"
		if c.fields != "" {
			mail = "Authentication-Results: " + c.fields + "\n" + mail
		}
		if m := Read(crlf(mail), Envelope{}, house); m.Sender.Verdict != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.name, m.Sender.Verdict, c.want, m.Sender.Checks)
		}
	}
	for pair, want := range map[[2]string]bool{{"a.example.org", "b.example.org"}: true, {"example.org", "example.org"}: true, {"a.co.uk", "b.co.uk"}: false, {"", ""}: false, {"org", "example.org"}: false} {
		if got := Aligned(pair[0], pair[1]); got != want {
			t.Errorf("%v: %t", pair, got)
		}
	}
}

func TestKindsAreClosed(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range Kinds {
		seen[k] = true
	}
	if len(seen) != 7 {
		t.Error(fmt.Sprint(Kinds))
	}
}
