// Program replies scores how replies are cut on the sets of internal/replytext, beside the npm package email-reply-parser, which nobody here wrote.
//
// That one reads text/plain only, so the ratio counts the plain replies alone, and white space is made one before both are compared with what
// the member wrote: neither loses for a blank line. How many of all our own cuts are exact, HTML and flowed texts with them, stands apart. A
// secret is a name or number of a signature that stays in what the coordinator would see.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/replytext"
	"github.com/buurtbel/buurtbel/internal/store"
)

//go:embed peer.mjs
var peerScript []byte

// reply is one case of the sets.
type reply struct {
	Name, Form, Text, Own string
	Secrets               []string
}

// score is what one cutter made of the plain replies.
type score struct {
	Exact     int      `json:"exact"`
	Secrets   int      `json:"secrets_that_stay"`
	PerSecond float64  `json:"replies_per_second"`
	Wrong     []string `json:"wrong,omitempty"`
}

type result struct {
	Half     string      `json:"half"`
	Replies  int         `json:"replies"`
	Exact    int         `json:"exact"` // ours, of all forms
	Share    float64     `json:"exact_percent"`
	Plain    int         `json:"plain"`
	Ours     score       `json:"ours"`
	Peer     score       `json:"email_reply_parser"`
	Ratio    float64     `json:"ratio"` // ours exact to theirs, plain replies
	PeerName string      `json:"peer"`
	Machine  rig.Machine `json:"machine"`
}

func main() { rig.Main(run) }

func run(ctx context.Context) error {
	half := flag.String("half", "held", "held or tuning")
	asJSON := flag.Bool("json", false, "print one JSON object")
	keep := flag.Bool("out", false, "also write bench/results/replies-<half>-<commit>.json")
	flag.Parse()
	replies, err := read(*half)
	if err != nil {
		return err
	}
	out := result{Half: *half, Replies: len(replies), PeerName: "email-reply-parser 2.3.9", Machine: rig.ThisMachine()}
	var plain []reply
	for _, r := range replies {
		if replytext.Cut(r.Text, forms[r.Form]).Own == r.Own {
			out.Exact++
		}
		if r.Form == "plain" {
			plain = append(plain, r)
		}
	}
	out.Plain, out.Share = len(plain), rig.Round(100*float64(out.Exact)/float64(len(replies)))
	out.Ours = judge(plain, cut(plain))
	theirs, err := askPeer(ctx, plain)
	if err != nil {
		return err
	}
	out.Peer = judge(plain, theirs)
	out.Ratio = float64(int(100*float64(out.Ours.Exact)/float64(max(out.Peer.Exact, 1))+0.5)) / 100
	return rig.Report("replies", store.Engine(*half), out, *asJSON, *keep)
}

var forms = map[string]replytext.Form{"plain": replytext.Plain, "flowed": replytext.Flowed, "html": replytext.HTML}

func read(half string) ([]reply, error) {
	var all []reply
	for _, lang := range []string{"nl", "fr", "de", "en"} {
		var file struct{ Reply []reply }
		if _, err := toml.DecodeFile(filepath.Join("internal", "replytext", "testdata", "replies", lang+"-"+half+".toml"), &file); err != nil {
			return nil, fmt.Errorf("read replies, from the root of the checkout: %w", err)
		}
		all = append(all, file.Reply...)
	}
	return all, nil
}

// answers are the own words that a cutter found, and how long it took.
type answers struct {
	Own     []string `json:"own"`
	Seconds float64  `json:"seconds"`
}

func cut(replies []reply) answers {
	var a answers
	began := time.Now()
	for _, r := range replies {
		a.Own = append(a.Own, replytext.Cut(r.Text, replytext.Plain).Own)
	}
	a.Seconds = time.Since(began).Seconds()
	return a
}

// askPeer gives the texts to a process of Node and reads what it cuts.
func askPeer(ctx context.Context, replies []reply) (answers, error) {
	module, err := filepath.Abs(filepath.Join(".peers", "node_modules", "email-reply-parser", "dist", "emailreplyparser.js"))
	if err != nil {
		return answers{}, fmt.Errorf("find packages: %w", err)
	}
	if _, err := os.Stat(module); err != nil {
		return answers{}, errors.New("the npm package email-reply-parser is missing: run scripts/peers, and this from the root of the checkout")
	}
	texts := make([]string, len(replies))
	for i, r := range replies {
		texts[i] = r.Text
	}
	in, err := json.Marshal(texts)
	if err != nil {
		return answers{}, fmt.Errorf("write texts: %w", err)
	}
	node := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", string(peerScript), module)
	node.Stdin, node.Stderr = bytes.NewReader(in), os.Stderr
	said, err := node.Output()
	if err != nil {
		return answers{}, fmt.Errorf("run email-reply-parser: %w", err)
	}
	var a answers
	if err := json.Unmarshal(said, &a); err != nil || len(a.Own) != len(replies) {
		return answers{}, fmt.Errorf("read what email-reply-parser said, %d of %d: %w", len(a.Own), len(replies), err)
	}
	return a, nil
}

func judge(replies []reply, a answers) score {
	s := score{PerSecond: rig.Round(float64(len(replies)) / max(a.Seconds, 1e-6))}
	for i, r := range replies {
		if oneSpace(a.Own[i]) == oneSpace(r.Own) {
			s.Exact++
		} else {
			s.Wrong = append(s.Wrong, r.Name)
		}
		for _, secret := range r.Secrets {
			if strings.Contains(a.Own[i], secret) {
				s.Secrets++
			}
		}
	}
	return s
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
