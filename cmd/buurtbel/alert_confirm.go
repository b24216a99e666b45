package main

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/alerting"
	"github.com/buurtbel/buurtbel/internal/locale"
)

type alertConfirm struct {
	who
	Alert  string `arg:"" help:"Id of the alert."`
	Answer string `help:"yes or no; without it the question is shown and nothing changes." enum:",yes,no" default:""`
	Seen   string `help:"Code under the question: it names exactly the text, area and count that were read."`
}

// codeLength is how many hexadecimal digits of the digest name a question here. The store compares the whole digest once more.
const codeLength = 12

// Run shows what a second person is asked, or takes the answer. Rights are those of the page behind the second person's link.
func (c alertConfirm) Run(w *world) error {
	a, actor, err := w.desk(c.As)
	if err != nil {
		return err
	}
	defer closing(w, a)
	id, err := idOf(c.Alert)
	if err != nil {
		return err
	}
	q, err := a.Desk.Question(w.ctx, actor, actor.Zone, id)
	if err != nil {
		return err
	}
	if q.Answer != "" || q.Alert.State != buurtbel.AlertWaiting {
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.answered", nil)
	}
	code := hex.EncodeToString(q.Digest)[:codeLength]
	switch {
	case c.Answer == "":
		return printQuestion(w, q, code)
	case c.Seen == "":
		return buurtbel.Fail(buurtbel.Invalid, "error.command.seen", nil)
	case !strings.EqualFold(c.Seen, code):
		return buurtbel.Fail(buurtbel.Conflict, "error.confirm.changed", nil)
	}
	if err := a.Desk.AnswerSecond(w.ctx, actor, actor.Zone, id, q.Digest, c.Answer == "yes"); err != nil {
		return err
	}
	return w.tell("screen.confirm.done-"+c.Answer, nil)
}

func printQuestion(w *world, q *alerting.Question, code string) error {
	lang := w.commands.Language
	area := locale.List(lang, q.Networks)
	if q.Alert.Area != nil {
		area = locale.Text(lang, "screen.confirm.drawn", buurtbel.Args{"SquareKM": locale.Decimal(lang, int64(q.Alert.Area.SquareKM()*10+0.5), 1), "Networks": area})
	}
	lines := []string{locale.Text(lang, "screen.confirm.title", nil),
		locale.Text(lang, "screen.confirm.asks", buurtbel.Args{"Asker": q.Asker}) + " " + locale.Text(lang, q.WhyKey, q.WhyArgs)}
	for _, wording := range q.Wordings {
		lines = append(lines, "", buurtbel.WithoutLink(wording.SMS))
	}
	lines = append(lines, "", locale.Text(lang, "screen.confirm.area", nil)+": "+area,
		locale.Text(lang, "screen.confirm.members", nil)+": "+locale.Text(lang, "screen.dispatch.members", buurtbel.Args{"Count": q.People}),
		"", locale.Text(lang, "cli.alert.answer", buurtbel.Args{"Code": code}))
	_, err := fmt.Fprintln(w.out, strings.Join(lines, "\n"))
	return err
}
