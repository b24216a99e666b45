package alerting_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// writes lets a text come in from a number, and waits until it is stored.
func (w *town) writes(from, text string) { w.Helper(); w.piece(from, text, channel.Part{}) }

func (w *town) piece(from, text string, part channel.Part) {
	w.Helper()
	stored := make(chan error, 1)
	w.door.Arrive(channel.Event{Kind: channel.Text, Carrier: "sms", Channel: buurtbel.SMS, From: from, To: "8844", Text: text, Part: part}, func(err error) { stored <- err })
	if err := <-stored; err != nil {
		w.Fatal(err)
	}
}

// settled waits until a verb took every text that came in.
func (w *town) settled() {
	w.Helper()
	w.until("every text to be settled", func() bool {
		n := 0
		w.read(func(tx *store.Tx) error {
			due, err := tx.DueInbound(100)
			n = len(due)
			return err
		})
		return n == 0
	})
	w.finished()
}

func (w *town) tally(message buurtbel.ID) *store.Tally {
	w.Helper()
	var t *store.Tally
	w.read(func(tx *store.Tx) (err error) {
		t, err = tx.Tally(message)
		return err
	})
	return t
}

// texts lists what a person should read of an alert, the oldest first.
func (w *town) texts(alert buurtbel.ID) []string {
	w.Helper()
	var out []string
	w.read(func(tx *store.Tx) error {
		list, err := tx.TextsOf(alert, 100)
		for _, in := range list {
			out = append([]string{in.Body}, out...)
		}
		return err
	})
	return out
}

// lives adds a member of Kerkveld who shares a number.
func (w *town) lives(number string) buurtbel.ID {
	w.Helper()
	id := w.db.NewID()
	w.write(func(tx *store.Tx) error {
		return tx.InsertMembers([]store.NewMember{{Member: buurtbel.Member{ID: id, Network: w.kerkveld, Language: buurtbel.Dutch}, Name: store.Name{Given: "Jo", Family: "Peeters"},
			Contacts: []store.NewContact{{ID: w.db.NewID(), Kind: buurtbel.Mobile, Address: number, Verified: true}}}})
	})
	return id
}

func TestOneMeansHeard(t *testing.T) {
	each(t, func(w *town) {
		w.lives(mobile(4)) // two members share a telephone
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		for i, text := range []string{"1", " ok!", "JA", "Oui.", "Bien reçu"} {
			w.writes(mobile(i), text)
		}
		w.writes(mobile(4), "1")
		w.writes(mobile(7), "Ja, ik zie hem lopen")
		w.settled()
		w.until("six heard", func() bool { return w.tally(l.Message).Members[buurtbel.Heard] == 6 })
		if got := w.texts(l.Alert); len(got) != 1 || got[0] != "Ja, ik zie hem lopen" {
			w.Errorf("to be read: %q", got)
		}
		if n := len(w.sms.to(mobile(0))); n != 1 {
			w.Errorf("an acknowledgement was answered: %d texts", n)
		}
	})
}

// A confirmation from a shared line says nothing of each who has it: only that line is left alone.
func TestRule08_SharedLineConfirmsForNobodysOwnContactPoints(t *testing.T) {
	each(t, func(w *town) {
		w.lives(mobile(4)) // two members share a telephone
		w.mail.down.Store(true)
		l := w.launch(w.draft(w.kerkveld))
		w.until("texts are out", func() bool { return len(w.sms.to(mobile(3))) == 1 && len(w.sms.to(mobile(4))) == 2 })
		w.until("texts are recorded", func() bool { return w.tally(l.Message).ByChannel[buurtbel.SMS].Deliveries[buurtbel.Sending] == 0 })
		w.writes(mobile(3), "1")
		w.writes(mobile(4), "1")
		w.until("three heard", func() bool { return w.tally(l.Message).Members[buurtbel.Heard] == 3 })
		w.mail.down.Store(false)
		w.finished()
		if n := len(w.mail.to(mailbox(3))); n != 0 {
			w.Errorf("%d mails to who confirmed on the own line", n)
		}
		if n := len(w.mail.to(mailbox(4))); n != 1 {
			w.Errorf("%d mails to who shares the line that confirmed", n)
		}
	})
}

// A number that members of two zones have: what it writes about one zone's alert is of that zone's member, and the other zone hears nothing.
func TestTextOfASharedNumberStaysInItsZone(t *testing.T) {
	each(t, func(w *town) {
		elsewhere := buurtbel.Scope{Zone: w.elsewhere.Zone}
		err := w.db.Write(w.Context(), elsewhere, func(tx *store.Tx) error {
			network := &buurtbel.Network{ID: 11, Name: "BIN Elders", Kind: buurtbel.Residents, Regime: buurtbel.Regime{buurtbel.Dutch}}
			if err := tx.PutNetwork(network); err != nil {
				return err
			}
			return tx.InsertMembers([]store.NewMember{{Member: buurtbel.Member{ID: 12, Network: 11, Language: buurtbel.Dutch}, Name: store.Name{Given: "Jo", Family: "Peeters"},
				Contacts: []store.NewContact{{ID: 13, Kind: buurtbel.Mobile, Address: mobile(7), Verified: true}}}}) // found before the other
		})
		if err != nil {
			w.Fatal(err)
		}
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		w.writes(mobile(7), "Ja, ik zie hem lopen")
		w.settled()
		w.read(func(tx *store.Tx) error {
			list, err := tx.TextsOf(l.Alert, 9)
			if len(list) != 1 || list[0].Member != w.members[7] {
				w.Errorf("texts %v", len(list))
			}
			return err
		})
		w.until("one answer", func() bool { return len(w.sms.to(mobile(7))) == 2 })
		if got := w.sms.to(mobile(7))[1]; strings.Contains(got, "Elders") {
			w.Errorf("another zone answers: %s", got)
		}
	})
}

func TestOneToNothingIsAText(t *testing.T) {
	each(t, func(w *town) {
		w.writes(mobile(3), "1")
		w.settled()
		if got := w.texts(0); len(got) != 1 {
			w.Errorf("kept: %q", got)
		}
		w.until("the answer", func() bool { return len(w.sms.to(mobile(3))) == 1 })
	})
}

func TestStopAndStart(t *testing.T) {
	each(t, func(w *town) {
		jo := w.lives(mobile(4))
		w.writes(mobile(4), "Stop!")
		w.settled()
		w.until("the answer to STOP", func() bool { return len(w.sms.to(mobile(4))) == 1 })
		if got := w.sms.to(mobile(4))[0]; !strings.Contains(got, "START") || !strings.Contains(got, "per mail") {
			w.Errorf("the answer says what still comes and how to undo: %s", got)
		}
		w.writes(mobile(4), "STOP") // again: nothing to change, nothing to answer
		w.settled()
		w.launch(w.draft(w.kerkveld))
		w.finished()
		if n := len(w.sms.to(mobile(4))); n != 1 {
			w.Errorf("%d texts to a number that stopped them", n)
		}
		if n := len(w.mail.to(mailbox(4))); n != 1 {
			w.Errorf("%d mails to the member: STOP stops texts only", n)
		}
		w.read(func(tx *store.Tx) error {
			lost, err := tx.LostContacts(w.kerkveld, tuesday.Add(-time.Hour))
			if len(lost) != 2 || lost[0].Member != jo && lost[1].Member != jo {
				w.Errorf("the coordinator sees %d lost contact points", len(lost))
			}
			return err
		})
		w.writes(mobile(4), "start")
		w.settled()
		w.launch(w.draft(w.kerkveld))
		w.finished()
		if n := len(w.sms.of("inbraak")); n != 24 { // 11 of the first; 13 of the second, one number twice
			w.Errorf("%d texts of two alerts", n)
		}
	})
}

func TestCoordinatorHearsOnceADayOfLostContactPoints(t *testing.T) {
	each(t, func(w *town) {
		w.writes(mobile(4), "STOP")
		w.writes(mobile(5), "STOP")
		w.writes(mobile(13), "ARRET") // the other network has no coordinator
		w.settled()
		w.tasks()
		if n := len(w.mail.of("")); n != 0 {
			w.Fatalf("%d mails at once", n)
		}
		w.clock.set(time.Date(2026, 11, 4, 8, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		w.same("who was told", w.mail.of(""), []string{mailbox(0), mailbox(1)})
		if n := len(w.sms.to(mobile(0))); n != 0 {
			w.Error("a telephone rang for it")
		}
		w.clock.set(time.Date(2026, 11, 4, 12, 0, 0, 0, brussels))
		w.writes(mobile(6), "STOP")
		w.settled()
		w.tasks()
		w.clock.set(time.Date(2026, 11, 5, 8, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		w.same("who was told the next day", w.mail.of(""), []string{mailbox(0), mailbox(0), mailbox(1), mailbox(1)})
		w.clock.set(time.Date(2026, 11, 6, 8, 0, 1, 0, brussels))
		w.tasks()
		w.finished()
		if n := len(w.mail.of("")); n != 4 {
			w.Errorf("told again without news: %d mails", n)
		}
	})
}

func TestAnyOtherTextIsKeptAndAnswered(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		for _, text := range []string{"Stop, er staat iemand in mijn tuin", "Ik hoor glas breken", strings.Repeat("Er rijdt een wagen rond. ", 800)} {
			w.writes(mobile(4), text)
		}
		w.settled()
		if got := w.texts(l.Alert); len(got) != 3 || len(got[2]) != 20000 {
			w.Errorf("%d texts kept", len(got))
		}
		if w.tally(l.Message).Members[buurtbel.Heard] != 0 {
			w.Error("a text was counted as an acknowledgement")
		}
		answers := w.sms.to(mobile(4))[1:]
		if len(answers) != 3 || !strings.Contains(answers[0], "112") && !strings.Contains(answers[0], "101") {
			w.Errorf("answers: %q", answers)
		}
	})
}

func TestTwoMachinesThatAnswerEachOtherStop(t *testing.T) {
	each(t, func(w *town) {
		for i := range 12 {
			w.writes(mobile(4), fmt.Sprintf("Ik ben er niet, bericht %d", i))
			w.settled()
		}
		if n := len(w.sms.to(mobile(4))); n != 3 {
			w.Errorf("%d automatic answers within the hour", n)
		}
		if n := len(w.texts(0)); n != 12 {
			w.Errorf("%d of 12 texts kept", n)
		}
	})
}

func TestLongTextComesInPieces(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		w.piece(mobile(4), "loopt nu in de ", channel.Part{Group: 7, Total: 3, Number: 2})
		w.piece(mobile(5), "ander bericht", channel.Part{Group: 7, Total: 2, Number: 1})
		w.piece(mobile(4), "Kerkstraat", channel.Part{Group: 7, Total: 3, Number: 3})
		w.piece(mobile(4), "Kerkstraat", channel.Part{Group: 7, Total: 3, Number: 3})
		w.piece(mobile(4), "Hij ", channel.Part{Group: 7, Total: 3, Number: 1})
		w.until("the whole text", func() bool { return len(w.texts(l.Alert)) == 1 })
		if got := w.texts(l.Alert)[0]; got != "Hij loopt nu in de Kerkstraat" {
			w.Errorf("joined: %q", got)
		}
		w.clock.advance(31 * time.Second)
		w.until("the text whose end never came", func() bool { return len(w.texts(l.Alert)) == 2 })
		w.settled()
	})
}

func TestRepeatedPieceDoesNotStandForAMissingOne(t *testing.T) {
	each(t, func(w *town) {
		w.piece(mobile(4), "Hij ", channel.Part{Group: 9, Total: 2, Number: 1})
		w.clock.advance(3 * time.Minute) // another two minutes: the repetition is stored
		w.piece(mobile(4), "Hij ", channel.Part{Group: 9, Total: 2, Number: 1})
		w.piece(mobile(4), "loopt weg", channel.Part{Group: 9, Total: 2, Number: 2})
		w.clock.advance(31 * time.Second) // the beginning may have been given up before the end came; then the end stands alone
		whole := ""
		w.until("the end of the text", func() bool {
			whole = strings.Join(w.texts(0), "|")
			return strings.Contains(whole, "loopt weg")
		})
		w.settled()
		if strings.Contains(whole, "Hij Hij") || !strings.Contains(whole, "loopt weg") || !strings.Contains(whole, "Hij ") {
			w.Errorf("kept: %q", whole)
		}
	})
}

func TestTextFromAStranger(t *testing.T) {
	each(t, func(w *town) {
		for _, text := range []string{"Wie is dit?", "STOP", "1"} {
			w.writes("+32455099999", text)
		}
		w.settled()
		if n := len(w.sms.to("+32455099999")); n != 0 {
			w.Errorf("%d answers to a number that never joined", n)
		}
		var kept []*store.Inbound
		if err := w.db.Read(w.Context(), buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			kept, err = tx.TextsOf(0, 10)
			return err
		}); err != nil {
			w.Fatal(err)
		}
		if len(kept) == 0 || kept[len(kept)-1].Body != "Wie is dit?" {
			w.Errorf("%d texts kept", len(kept))
		}
	})
}

func TestLinkInTheMailConfirms(t *testing.T) {
	each(t, func(w *town) {
		l := w.launch(w.draft(w.kerkveld))
		w.finished()
		var places []store.DeliveryPlace
		w.read(func(tx *store.Tx) (err error) {
			places, err = tx.LastDeliveriesTo(w.db.AddressHash(mailbox(4)), tuesday.Add(-time.Hour))
			return err
		})
		if len(places) != 1 {
			w.Fatalf("%d deliveries", len(places))
		}
		link := strings.TrimPrefix(w.desk.LinkTo(places[0].Delivery), "https://alarm.example.org/h/")
		for range 3 { // GET shows
			p, err := w.desk.Shown(w.Context(), link)
			if err != nil || !p.Heard.IsZero() || strings.Contains(p.Text, buurtbel.LinkMark) {
				w.Fatalf("page: %+v, %v", p, err)
			}
		}
		for range 2 { // POST confirms; twice is once
			if err := w.desk.Confirm(w.Context(), link); err != nil {
				w.Fatal(err)
			}
		}
		if got := w.tally(l.Message).Members[buurtbel.Heard]; got != 1 {
			w.Errorf("%d heard", got)
		}
		if p, err := w.desk.Shown(w.Context(), link); err != nil || p.Heard.In(p.At).Format("2006-01-02 15:04") != "2026-11-03 14:00" {
			w.Errorf("confirmed at: %+v, %v", p, err)
		}
		for _, bad := range []string{"", "x", link + "x", link[:len(link)-1], strings.ToUpper(link)} {
			if bad == link {
				continue
			}
			if _, err := w.desk.Shown(w.Context(), bad); buurtbel.KindOf(err) != buurtbel.NotFound {
				w.Errorf("a changed link: %v", err)
			}
		}
	})
}
