package locale

import (
	"time"

	"github.com/buurtbel/buurtbel"
)

// SignInLetter is the mail with the one-use link; link is a complete address, until when it works.
func SignInLetter(l buurtbel.Language, link string, until, now time.Time, loc *time.Location) Letter {
	return letterOf(l, Text(l, "message.sign-in.subject", nil),
		Block{Role: Heading, Text: Text(l, "message.sign-in.subject", nil)},
		Block{Role: Body, Text: Text(l, "message.sign-in.lead", buurtbel.Args{"Until": When(l, until, now, loc)})},
		Block{Role: Button, Text: Text(l, "message.sign-in.button", nil), Target: link},
		Block{Role: Fine, Text: Text(l, "message.sign-in.not-you", nil)})
}

// Second is what a second person is asked to confirm: exactly this text, area and count.
type Second struct {
	Who   string // office of who asks, such as "Dispatching Vlierbeek"
	Area  string
	Count int
	Text  string
	Link  string // the page to decide on
}

// SMS asks for confirmation on a page too. It may take several parts: the whole text is in it.
func (s Second) SMS(l buurtbel.Language) string {
	return Text(l, "message.second.sms-link", buurtbel.Args{"Who": s.Who, "Area": s.Area, "Count": s.Count, "Text": s.Text, "Link": s.Link})
}

// Letter asks for confirmation on a page.
func (s Second) Letter(l buurtbel.Language) Letter {
	return letterOf(l, Text(l, "message.second.subject", nil),
		Block{Role: Heading, Text: Text(l, "message.second.subject", nil)},
		Block{Role: Body, Text: Text(l, "message.second.lead", buurtbel.Args{"Who": s.Who})},
		Block{Role: Item, Text: s.Text},
		Block{Role: Body, Text: Text(l, "message.second.audience", buurtbel.Args{"Area": s.Area, "Count": s.Count})},
		Block{Role: Button, Text: Text(l, "message.second.button", nil), Target: s.Link},
		Block{Role: Fine, Text: Text(l, "message.second.nothing", nil)})
}

// OffPlan is one alert that departed from the plan.
type OffPlan struct {
	At                          time.Time
	Title, Network, Who, Reason string
}

// OffPlanLetter is the morning report to chief and mandated officer.
func OffPlanLetter(l buurtbel.Language, alerts []OffPlan, now time.Time, loc *time.Location) Letter {
	subject := Text(l, "message.off-plan.subject", buurtbel.Args{"Count": len(alerts)})
	blocks := []Block{{Role: Heading, Text: subject}}
	if len(alerts) == 0 {
		return letterOf(l, subject, append(blocks, Block{Role: Body, Text: Text(l, "message.off-plan.none", nil)})...)
	}
	blocks = append(blocks, Block{Role: Body, Text: Text(l, "message.off-plan.lead", nil)})
	for _, a := range alerts {
		blocks = append(blocks, Block{Role: Item, Text: Text(l, "message.off-plan.line", buurtbel.Args{
			"When": When(l, a.At, now, loc), "Title": a.Title, "Network": a.Network, "Who": a.Who, "Reason": a.Reason})})
	}
	return letterOf(l, subject, blocks...)
}

// Debt is one alert that waits for feedback.
type Debt struct {
	At, Due        time.Time
	Title, Network string
}

// DebtLetter reminds the mandated officer; link is the page of debts.
func DebtLetter(l buurtbel.Language, debts []Debt, link string, now time.Time, loc *time.Location) Letter {
	subject := Text(l, "message.debt.subject", buurtbel.Args{"Count": len(debts)})
	blocks := []Block{{Role: Heading, Text: subject}, {Role: Body, Text: Text(l, "message.debt.lead", nil)}}
	for _, d := range debts {
		key := "message.debt.line"
		if now.After(d.Due) {
			key = "message.debt.overdue"
		}
		blocks = append(blocks, Block{Role: Item, Text: Text(l, key, buurtbel.Args{
			"When": When(l, d.At, now, loc), "Title": d.Title, "Network": d.Network, "Due": Day(l, d.Due, now, loc)})})
	}
	blocks = append(blocks, Block{Role: Button, Text: Text(l, "message.debt.button", nil), Target: link})
	return letterOf(l, subject, blocks...)
}

func letterOf(l buurtbel.Language, subject string, blocks ...Block) Letter {
	for i := range blocks {
		blocks[i].Language = l
	}
	return Letter{Subject: subject, Blocks: blocks}
}
