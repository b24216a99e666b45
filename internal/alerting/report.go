package alerting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Verbs gives the verbs of the tasks that this package leaves for later, by kind.
func (d *Desk) Verbs() map[string]func(context.Context, buurtbel.Actor, store.Task) error {
	return map[string]func(context.Context, buurtbel.Actor, store.Task) error{
		"ask-second": d.AskSecond, "remind-debt": d.RemindDebt, "report-off-plan": d.ReportOffPlan,
	}
}

const (
	reportHour = 7 // local time, when chief and mandated officer read what departed from the plan
	remindHour = 8 // local time of a working day, when mandated officers read what they owe
	letterWait = 24 * time.Hour
)

// workingMorning gives the morning of the next working day after a local moment: the day on which its feedback is due.
func workingMorning(at time.Time, c buurtbel.Calendar) time.Time {
	end := buurtbel.FeedbackDue(at, c)
	return time.Date(end.Year(), end.Month(), end.Day()-1, remindHour, 0, 0, 0, end.Location())
}

// reportMorning is the last report hour at or before a local moment.
func reportMorning(at time.Time) time.Time {
	m := time.Date(at.Year(), at.Month(), at.Day(), reportHour, 0, 0, 0, at.Location())
	if m.After(at) {
		m = time.Date(at.Year(), at.Month(), at.Day()-1, reportHour, 0, 0, 0, at.Location())
	}
	return m
}

// RemindDebt reminds the mandated officers of a zone of feedback that is due within the working day, and again each working day: a task
// about the zone. One mail per officer tells every such debt.
func (d *Desk) RemindDebt(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	s, err := d.settingOfAll(ctx, t.Zone)
	if err != nil {
		return err
	}
	calendar, err := d.o.Calendar(s.zone)
	if err != nil {
		return err
	}
	now := d.db.Now().In(s.loc)
	due, open, err := d.dueDebts(ctx, s, now, calendar)
	if err != nil || open == 0 {
		return err
	}
	letter := func(p store.Reachable) locale.Letter {
		return locale.DebtLetter(p.Member.Language, debtLines(p.Member.Language, s, due), d.o.Link+"/debts", now, s.loc)
	}
	return d.report(ctx, s, t, workingMorning(now, calendar), len(due) > 0, letter, buurtbel.RoleOfficer)
}

// dueDebts lists what is due by the end of this day, if it is a working day, and counts every open debt.
func (d *Desk) dueDebts(ctx context.Context, s *setting, now time.Time, c buurtbel.Calendar) (due []owed, open int, err error) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	end := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	working := buurtbel.FeedbackDue(today.Add(-time.Hour), c).Equal(end)
	err = d.db.Read(ctx, buurtbel.Scope{Zone: s.zone.ID}, func(tx *store.Tx) error {
		debts, err := tx.OpenDebts()
		open = len(debts)
		for _, debt := range debts {
			if err != nil || !working || debt.Due.After(end) {
				continue
			}
			var a *buurtbel.Alert
			a, err = tx.Alert(debt.Alert)
			due = append(due, owed{debt, a})
		}
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read open debts: %w", err)
	}
	return due, open, nil
}

type owed struct {
	buurtbel.Debt
	alert *buurtbel.Alert
}

func debtLines(lang buurtbel.Language, s *setting, due []owed) []locale.Debt {
	out := make([]locale.Debt, len(due))
	for i, o := range due {
		// A debt is due until midnight: the day that is named is the one before.
		out[i] = locale.Debt{At: o.alert.At, Due: o.Due.Add(-time.Second), Title: titlesOf(o.alert.Fact, nil)[lang], Network: s.namesOf(o.alert.Networks)}
	}
	return out
}

// ReportOffPlan tells chief and mandated officer in the morning what departed from the plan, or went on in spite of a warning, since the
// morning before, with the written reasons: a task about the zone. One mail per official.
func (d *Desk) ReportOffPlan(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
	if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, d.db.Now()); err != nil {
		return err
	}
	s, err := d.settingOfAll(ctx, t.Zone)
	if err != nil {
		return err
	}
	now := d.db.Now().In(s.loc)
	until := reportMorning(now)
	var told []departed
	var again time.Time
	err = d.db.Read(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		due, err := tx.TaskDue(t)
		if err != nil {
			return err
		}
		last := reportMorning(due.In(s.loc))
		since := time.Date(last.Year(), last.Month(), last.Day()-1, reportHour, 0, 0, 0, s.loc)
		list, err := departures(tx, since, now.Add(time.Second))
		for _, e := range list {
			if e.alert.At.Before(until) {
				told = append(told, e)
			} else {
				again = nextMorning(now)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read what departed from the plan: %w", err)
	}
	letter := func(p store.Reachable) locale.Letter {
		return locale.OffPlanLetter(p.Member.Language, departedLines(p.Member.Language, s, told), now, s.loc)
	}
	return d.report(ctx, s, t, again, len(told) > 0, letter, buurtbel.RoleChief, buurtbel.RoleOfficer)
}

// departed is an alert that departed from the plan, or went on in spite of a warning.
type departed struct {
	alert *buurtbel.Alert
	by    string
}

func departures(tx *store.Tx, since, until time.Time) ([]departed, error) {
	alerts, err := tx.AlertsBetween(since, until)
	if err != nil {
		return nil, err
	}
	var out []departed
	for _, a := range alerts {
		if a.OffPlan == "" && a.Unwise == "" || a.State == buurtbel.AlertWaiting || a.State == buurtbel.AlertRefused {
			continue
		}
		name, err := tx.OfficialName(a.By)
		if err != nil {
			return nil, err
		}
		out = append(out, departed{a, name})
	}
	return out, nil
}

func departedLines(lang buurtbel.Language, s *setting, list []departed) []locale.OffPlan {
	var out []locale.OffPlan
	for _, e := range list {
		line := locale.OffPlan{At: e.alert.At, Title: titlesOf(e.alert.Fact, nil)[lang], Network: s.namesOf(e.alert.Networks), Who: whoAsks(e.by, s.zone.Name)}
		if e.alert.OffPlan != "" {
			line.Reason = e.alert.OffPlan
			out = append(out, line)
		}
		if e.alert.Unwise != "" {
			line.Reason = locale.Text(lang, "message.off-plan.unwise", buurtbel.Args{"Reason": e.alert.Unwise})
			out = append(out, line)
		}
	}
	return out
}

// report sends one mail to each holder of roles in the own language, and ends the task in the same transaction; with a moment in again the
// task comes back. Officials sleep too: a report is a mail and nothing else.
func (d *Desk) report(ctx context.Context, s *setting, t store.Task, again time.Time, any bool, letter func(store.Reachable) locale.Letter, roles ...buurtbel.Role) error {
	scope := buurtbel.Scope{Zone: t.Zone}
	var people []store.Reachable
	err := d.db.Read(ctx, scope, func(tx *store.Tx) (err error) {
		people, err = tx.ReachableHolders(0, roles...)
		return err
	})
	if err != nil {
		return fmt.Errorf("read who is told: %w", err)
	}
	letters := d.db.Letters(s.zone, buurtbel.KindReport, buurtbel.Now, d.db.Now().Add(letterWait))
	for _, p := range people {
		letters.To(p, letter(p).Wording(p.Member.Language), d.channels(buurtbel.Email)...)
	}
	return d.db.Write(ctx, scope, func(tx *store.Tx) error {
		if err := tx.FinishTask(t, again); err != nil || !any || len(people) == 0 {
			return err
		}
		if err := letters.Post(tx); err != nil {
			return err
		}
		return tx.Append(t.Zone, buurtbel.EntryMessage, 0, []byte(t.Kind+" "+letters.Message.ID.String()))
	})
}

// channels gives those of wanted that have a carrier.
func (d *Desk) channels(wanted ...buurtbel.Channel) []buurtbel.Channel {
	return slices.DeleteFunc(wanted, func(c buurtbel.Channel) bool { return !slices.Contains(d.o.Channels, c) })
}

// names lists the names of the draft's networks.
func (s *setting) names() []string {
	var out []string
	for _, n := range s.networks {
		out = append(out, n.Name)
	}
	return out
}

func (s *setting) namesOf(networks []buurtbel.ID) string {
	var out []string
	for _, id := range networks {
		if n := find(s.all, id); n != nil {
			out = append(out, n.Name)
		}
	}
	return strings.Join(out, ", ")
}
