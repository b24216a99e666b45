package guarding_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/guarding"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// past is a store whose clock a test moves.
type past struct {
	t       *testing.T
	db      *store.DB
	offset  atomic.Int64
	zone    buurtbel.ID
	network buurtbel.ID
	members []buurtbel.ID
	contact []buurtbel.ID
}

func eachPast(t *testing.T, test func(p *past)) {
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			p := &past{t: t}
			p.db = storetest.Open(t, engine, func() time.Time { return time.Now().Add(time.Duration(p.offset.Load())) })
			p.settle()
			test(p)
		})
	}
}

func (p *past) wait(days int) { p.offset.Add(int64(days) * int64(24*time.Hour)) }

func (p *past) write(f func(*store.Tx) error) {
	p.t.Helper()
	if err := p.db.Write(p.t.Context(), buurtbel.Scope{Zone: p.zone}, f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *past) read(f func(*store.Tx) error) {
	p.t.Helper()
	if err := p.db.Read(p.t.Context(), buurtbel.Scope{Zone: p.zone}, f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *past) settle() {
	p.zone, p.network = p.db.NewID(), p.db.NewID()
	var list []store.NewMember
	for range 250 { // more than two slices
		m := store.NewMember{Member: buurtbel.Member{ID: p.db.NewID(), Network: p.network, Language: buurtbel.Dutch}, Name: store.Name{Given: "An", Family: "Peeters"},
			Contacts: []store.NewContact{{ID: p.db.NewID(), Kind: buurtbel.Mobile, Address: "+32455000001", Verified: true}}}
		list = append(list, m)
		p.members, p.contact = append(p.members, m.ID), append(p.contact, m.Contacts[0].ID)
	}
	p.write(func(tx *store.Tx) error {
		return errors.Join(tx.PutZone(&buurtbel.Zone{ID: p.zone, Name: "Politiezone Vlierbeek", Country: "BE", TimeZone: "Europe/Brussels", Night: buurtbel.DefaultNight, Plan: buurtbel.DefaultPlan, Limits: buurtbel.DefaultLimits}),
			tx.PutNetwork(&buurtbel.Network{ID: p.network, Name: "BIN Kerkveld", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}),
			tx.InsertMembers(list))
	})
}

// alert stores an alert that everybody got, without the first two, whom it left out, and finishes it.
func (p *past) alert(key string) (alert, message buurtbel.ID) {
	p.t.Helper()
	a := &buurtbel.Alert{ID: p.db.NewID(), Key: key, Fact: "fire-smoke", Priority: 1, Urgency: buurtbel.Now, PlanVersion: 1, Networks: []buurtbel.ID{p.network},
		At: p.db.Now(), Expires: p.db.Now().Add(time.Hour), State: buurtbel.AlertRunning, OffPlan: "de brandweer vroeg het"}
	p.write(func(tx *store.Tx) error { return tx.InsertAlert(a, p.members[:2]) })
	message = p.message(a.ID, buurtbel.KindLaunch, len(p.members))
	p.write(func(tx *store.Tx) error { return tx.MoveAlert(a.ID, buurtbel.AlertRunning, buurtbel.AlertFinished) })
	return a.ID, message
}

// message stores a message to the first n, hands it over, and finishes it.
func (p *past) message(alert buurtbel.ID, kind buurtbel.MessageKind, n int) buurtbel.ID {
	p.t.Helper()
	m := &buurtbel.Message{ID: p.db.NewID(), Alert: alert, Kind: kind, Class: kind.Class(), Urgency: buurtbel.Now, State: buurtbel.MessageRunning, Sender: "PZ Vlier",
		Texts: []buurtbel.Wording{{Regime: "nl", SMS: "Oproep van de politie."}}, Expires: p.db.Now().Add(time.Hour)}
	var list []store.Recipient
	for i := range n {
		list = append(list, store.Recipient{ID: p.db.NewID(), Member: p.members[i], Steps: []store.RecipientStep{{ID: p.db.NewID(), Step: buurtbel.Step{Contact: p.contact[i], Channel: buurtbel.SMS}}}})
	}
	p.write(func(tx *store.Tx) error {
		return errors.Join(tx.InsertMessage(m, p.members[:n]), tx.InsertRecipients(m.ID, m.Expires, list), tx.Advance(m.ID, 0, n))
	})
	p.write(func(tx *store.Tx) error {
		work, err := tx.Claim(m.ID, kind, buurtbel.SMS, "carrier", n)
		var settled []store.Settled
		for _, w := range work {
			settled = append(settled, store.Settled{Delivery: w.Delivery, Recipient: w.Recipient, Contact: w.Contact, Channel: buurtbel.SMS, Number: w.Number, Carrier: "carrier",
				Outcome: buurtbel.Outcome{State: buurtbel.HandedOver}, Refs: []string{"a" + w.Delivery.String(), "b" + w.Delivery.String()}, Parts: 2, Move: buurtbel.Move{State: buurtbel.HandedOver}})
		}
		return errors.Join(err, tx.Record(settled))
	})
	p.write(func(tx *store.Tx) error {
		done, err := tx.FinishMessage(m.ID)
		if !done {
			p.t.Error("the message is not finished")
		}
		return err
	})
	return m.ID
}

func (p *past) text(alert buurtbel.ID, meaning buurtbel.Answer, body string) buurtbel.ID {
	p.t.Helper()
	in := &store.Inbound{ID: p.db.NewID(), Carrier: "carrier", Channel: buurtbel.SMS, From: "+32455000001", To: "8810", Body: body}
	p.write(func(tx *store.Tx) error {
		_, err := tx.InsertInbound(in)
		in.Zone, in.Meaning, in.Alert, in.Member = p.zone, meaning, alert, p.members[0]
		return err
	})
	p.write(func(tx *store.Tx) error {
		_, err := tx.SettleInbound(in)
		return err
	})
	return in.ID
}

func (p *past) forget() {
	p.t.Helper()
	p.write(func(tx *store.Tx) error { return tx.LaterIn(0, "forget", 0, tx.Now()) })
	var task store.Task
	p.write(func(tx *store.Tx) error {
		due, err := tx.DueTasks(1, nil)
		if err != nil {
			return err
		}
		task = due[0]
		_, err = tx.TakeTask(task)
		return err
	})
	if err := guarding.Forget(p.db, guarding.Periods{})(p.t.Context(), buurtbel.System(), task); err != nil {
		p.t.Fatal(err)
	}
}

// known counts the recipients whose member is still known.
func (p *past) known(message buurtbel.ID) int {
	var list []buurtbel.ID
	p.read(func(tx *store.Tx) (err error) {
		list, err = tx.KnownRecipients(message, 1000)
		return err
	})
	return len(list)
}

func (p *past) texts(alert buurtbel.ID) int {
	var list []*store.Inbound
	p.read(func(tx *store.Tx) (err error) {
		list, err = tx.TextsOf(alert, 100)
		return err
	})
	return len(list)
}

func TestRule14_WhoGotAMessageIsForgottenAndTheCountStays(t *testing.T) {
	eachPast(t, func(p *past) {
		alert, message := p.alert("1")
		count := func() (tally *store.Tally) {
			p.read(func(tx *store.Tx) (err error) {
				tally, err = tx.Tally(message)
				return err
			})
			return tally
		}
		before := count()
		p.wait(399)
		p.forget()
		if n := p.known(message); n != 250 {
			t.Fatalf("%d of 250 recipients are known within the period", n)
		}
		p.wait(2)
		p.forget()
		if n := p.known(message); n != 0 {
			t.Fatalf("%d recipients are known after the period", n)
		}
		after := count()
		if after.Members[buurtbel.HandedOver] != 250 || after.Parts != before.Parts || after.Audience != 250 {
			t.Errorf("the count changed: %+v", after)
		}
		p.read(func(tx *store.Tx) error {
			audience, err := tx.Audience(message)
			if len(audience) != 0 {
				t.Errorf("the frozen audience has %d members", len(audience))
			}
			left, err2 := tx.LeftOut(alert)
			if len(left) != 0 {
				t.Errorf("%d who were left out by address are known", len(left))
			}
			a, err3 := tx.Alert(alert)
			if err3 == nil && a.OffPlan == "" {
				t.Error("the written reason is gone")
			}
			breaks, err4 := tx.Verify(nil)
			if len(breaks) != 0 {
				t.Errorf("the journal is broken: %v", breaks)
			}
			return errors.Join(err, err2, err3, err4)
		})
		p.forget() // again: nothing is left to do
	})
}

func TestRule14_WhatADebtOrAnOpenAlertNeedsIsKept(t *testing.T) {
	eachPast(t, func(p *past) {
		owed, message := p.alert("1")
		p.write(func(tx *store.Tx) error { return tx.InsertDebt(owed, tx.Now().Add(24*time.Hour)) })
		open, openMessage := p.alert("2")
		p.write(func(tx *store.Tx) error { return tx.MoveAlert(open, buurtbel.AlertFinished, buurtbel.AlertRunning) })
		for _, alert := range []buurtbel.ID{owed, open} {
			id := p.text(alert, buurtbel.AnswerOther, "Ik zag niets "+alert.String())
			p.write(func(tx *store.Tx) error { return tx.MarkSeen(id) })
		}
		p.wait(3000)
		p.forget()
		if p.known(message) != 250 || p.known(openMessage) != 250 {
			t.Errorf("%d and %d recipients are known, want 250", p.known(message), p.known(openMessage))
		}
		if p.texts(owed) != 1 || p.texts(open) != 1 {
			t.Error("a text to an open alert is gone")
		}
		p.write(func(tx *store.Tx) error { return tx.SettleDebt(owed, 1, message, "") })
		p.forget()
		if p.known(message) != 0 || p.texts(owed) != 0 {
			t.Errorf("after the feedback %d recipients and %d texts are known", p.known(message), p.texts(owed))
		}
	})
}

func TestRule14_TextsAndLettersAreForgottenAfterASeason(t *testing.T) {
	eachPast(t, func(p *past) {
		alert, message := p.alert("1")
		read, unread := p.text(alert, buurtbel.AnswerOther, "Ik zag een wagen"), p.text(alert, buurtbel.AnswerOther, "Wat is er?")
		p.write(func(tx *store.Tx) error { return tx.MarkSeen(read) })
		letter := p.message(0, buurtbel.KindAnswer, 1)
		p.wait(89)
		p.forget()
		if n := p.texts(alert); n != 2 {
			t.Fatalf("%d texts within the period", n)
		}
		p.wait(2)
		p.forget()
		if n := p.texts(alert); n != 1 {
			t.Errorf("%d texts are left, want the one that nobody has read", n)
		}
		p.read(func(tx *store.Tx) error {
			m, err := tx.Message(letter)
			if err == nil && len(m.Texts) != 0 {
				t.Error("what an automatic answer said is known")
			}
			return err
		})
		if p.known(letter) != 0 || p.known(message) != 250 {
			t.Errorf("recipients known: %d of the letter, %d of the alert", p.known(letter), p.known(message))
		}
		p.wait(310)
		p.forget()
		if n := p.texts(alert); n != 0 {
			t.Errorf("text %s, which nobody read in more than a year, is still there", unread)
		}
	})
}

func TestRule14_PreviewsLooksAndChangesAreForgotten(t *testing.T) {
	eachPast(t, func(p *past) {
		list := store.Import{ID: p.db.NewID(), Network: p.network, Total: 250}
		var rows []store.ImportRow
		for i := range 250 {
			rows = append(rows, store.ImportRow{Line: i + 1, Member: store.NewMember{Name: store.Name{Given: "An", Family: "Peeters"}}})
		}
		p.write(func(tx *store.Tx) error {
			return errors.Join(tx.InsertImport(list), tx.StageRows(list.ID, rows),
				tx.Append(p.zone, buurtbel.EntryLook, 1, []byte(`{"members":[1]}`)), tx.Append(p.zone, buurtbel.EntryChange, 1, []byte("template x")))
		})
		staged := func() (n int) {
			p.read(func(tx *store.Tx) error {
				left, err := tx.StagedRows(list.ID, 0, 0, 1000)
				n = len(left)
				return err
			})
			return n
		}
		changes := func() (n int) {
			p.read(func(tx *store.Tx) error {
				list, err := tx.ChangesSeen(0)
				n = len(list)
				return err
			})
			return n
		}
		p.forget()
		if staged() != 250 || changes() != 250 {
			t.Fatalf("%d staged, %d changes at first", staged(), changes())
		}
		p.wait(8)
		p.forget()
		if n := staged(); n != 0 {
			t.Errorf("%d rows of a list that nobody took over", n)
		}
		err := p.db.Write(t.Context(), buurtbel.Scope{Zone: p.zone}, func(tx *store.Tx) error { return tx.MoveImport(list.ID, store.ImportStaged, store.ImportRunning) })
		if buurtbel.KeyOf(err) != "error.import.moved" {
			t.Errorf("a list that was given up could be taken over: %v", err)
		}
		if n := changes(); n != 0 {
			t.Errorf("%d changes are kept", n)
		}
		p.read(func(tx *store.Tx) error {
			if floor, err := tx.ChangesFloor(); floor == 0 || err != nil {
				t.Errorf("who has not read them is not told: %d, %v", floor, err)
			}
			return nil
		})
		p.wait(1100)
		p.forget()
		p.read(func(tx *store.Tx) error {
			entries, err := tx.JournalOf(p.zone)
			for _, e := range entries {
				if e.Broken || e.Erased != (e.Kind == buurtbel.EntryLook) {
					t.Errorf("entry %q: erased %v, broken %v", e.Kind, e.Erased, e.Broken)
				}
			}
			return err
		})
	})
}
