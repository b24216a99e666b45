package email

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/channeltest/names"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// mostScore is what a mail of ours may get of a program whose limit for spam is 5.
const mostScore = 1.0

// leaving is the address that our mail leaves from.
const leaving = "198.18.0.25"

// outbound are mails of each sort and language as they leave, signed by both keys, with the names of the domain system that belong to them.
func outbound(t *testing.T) (map[string][]byte, *names.Server) {
	t.Helper()
	keys, zone := pair(t, "1", "2026-01-01", "")
	s := names.Serve(t)
	for _, line := range aWell { // of an address for measurements (RFC 2544): those for examples count as forged
		s.Add(t, strings.NewReplacer("203.0.113.10", leaving, "10.113.0.203", "25.0.18.198").Replace(line))
	}
	for name, text := range zone {
		s.Add(t, record(name, text))
	}
	p, address := postOffice(t, nil, false)
	cfg := plainConfig(address)
	cfg.DKIM.Keys = keys
	m := open(t, cfg)
	out := map[string][]byte{}
	for i, lang := range buurtbel.Languages {
		for _, kind := range []buurtbel.MessageKind{buurtbel.KindLaunch, buurtbel.KindBulletin, buurtbel.KindCode} {
			msg := letterOf(lang, kind)
			msg.Delivery, msg.Attempt, msg.Expires = buurtbel.ID(1<<40+i*10+len(kind)), 1, time.Now().Add(time.Hour)
			done := make(chan channel.Result, 1)
			m.Send(t.Context(), msg, func(r channel.Result) { done <- r })
			if r := <-done; r.Failure != nil {
				t.Fatal(r.Failure)
			}
			all := p.all()
			out[string(lang)+" "+string(kind)] = all[len(all)-1].mail
		}
	}
	return out, s
}

// letterOf is what a member is sent.
func letterOf(lang buurtbel.Language, kind buurtbel.MessageKind) *channel.Message {
	const site = "https://www.vlierbeek.example.org"
	var l locale.Letter
	now := time.Now()
	msg := &channel.Message{To: "lid@lid.example.net"}
	switch kind {
	case buurtbel.KindLaunch:
		f := locale.Frame{Kind: kind, Regime: buurtbel.Regime{lang}, Source: "Politiezone Vlierbeek", Network: "BIN Kerkveld", Line: "101", TextLine: "message.text-line.be", Place: time.UTC, Sent: now, Until: now.Add(time.Hour),
			Link: buurtbel.LinkMark, Texts: map[buurtbel.Language]string{lang: locale.Text(lang, "message.feedback.investigation", nil)}, Titles: map[buurtbel.Language]string{lang: "Kerkstraat"}}
		l, msg.Link = f.Letter(), site+"/h/3xKfA0qLm2PzVn4TgYw7"
	case buurtbel.KindCode:
		l = locale.SignInLetter(lang, site+"/s/3xKfA0qLm2PzVn4TgYw7", now.Add(time.Hour), now, time.UTC)
	default:
		args := buurtbel.Args{"Network": "BIN Kerkveld", "Count": 2}
		l = locale.NoteLetter(lang, locale.Text(lang, "message.bundle.subject", args), locale.Text(lang, "message.bundle.lead", args)+" "+locale.Why(lang, kind, "BIN Kerkveld"), "", "")
		msg.Stop = site + "/stop/3xKfA0qLm2PzVn4TgYw7"
	}
	msg.Content = &channel.Content{Sender: "Politiezone Vlierbeek", Subject: l.Subject, Text: l.Text(), HTML: l.HTML(), Language: lang, Kind: kind, Class: kind.Class(), Thread: "2x"}
	return msg
}

var scored = regexp.MustCompile(`(?s)X-Spam-Status: \w+, score=(-?[0-9.]+) .*?tests=([A-Z0-9_,\s]+)`)

// TestSpamAssassinTakesOurMails: its stock rules, asking our names alone.
func TestSpamAssassinTakesOurMails(t *testing.T) {
	program := peer(t, "spamassassin", "spamassassin libmail-dkim-perl libmail-spf-perl")
	mails, dns := outbound(t)
	host, port, err := net.SplitHostPort(dns.Address)
	if err != nil {
		t.Fatal(err)
	}
	var box bytes.Buffer
	order := []string{}
	for i, lang := range buurtbel.Languages { // one of each language: it takes seconds for a mail
		order = append(order, string(lang)+" "+[]string{"launch", "bulletin", "code", "bulletin"}[i])
	}
	for _, name := range order { // as the receiver's server keeps it: who said what in the dialogue stands above
		at := time.Now().Format(time.RFC1123Z)
		fmt.Fprintf(&box, "From alarm@vlierbeek.example.org Sun Nov 22 12:00:00 2026\nReturn-Path: <alarm@vlierbeek.example.org>\nReceived: from mail.vlierbeek.example.org (mail.vlierbeek.example.org [%s])\n\tby mx.lid.example.net (Postfix) with ESMTPS id 4ABC\n\tfor <lid@lid.example.net>; %s\n%s\n",
			leaving, at, bytes.ReplaceAll(mails[name], []byte("\r\n"), []byte("\n")))
	}
	c := exec.CommandContext(t.Context(), program, "--mbox", "--siteconfigpath=/etc/spamassassin", "--prefspath="+filepath.Join(t.TempDir(), "prefs"), "--nocreate-prefs",
		"--cf=dns_server ["+host+"]:"+port, "--cf=dns_available yes", "--cf=rbl_timeout 2", "--cf=use_bayes 0", "--cf=fold_headers 0")
	c.Env = append(os.Environ(), "HOME="+t.TempDir())
	c.Stdin = &box
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := scored.FindAllStringSubmatch(string(out), -1)
	if len(found) != len(order) {
		t.Fatalf("%d judgements for %d mails\n%s", len(found), len(order), out[:min(len(out), 3000)])
	}
	for i, m := range found {
		score, err := strconv.ParseFloat(m[1], 64)
		if err != nil || score >= mostScore {
			t.Errorf("%s: %s %s", order[i], m[1], m[2])
		}
		for _, want := range []string{"DKIM_VALID_AU", "SPF_PASS"} {
			if !strings.Contains(m[2], want) {
				t.Errorf("%s: no %s in %s", order[i], want, m[2])
			}
		}
	}
}
