package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// journal tells what happened with one alert, in order, after its chains were verified.
func (v *visit) journal() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	var view Journal
	mode := Calm
	err = v.read(func(tx *store.Tx) error {
		a, err := tx.Alert(id)
		if err != nil {
			return err
		}
		if a.Exercise {
			mode = Exercise
		}
		view, err = v.journalView(tx, a)
		return err
	})
	if err != nil {
		return err
	}
	return v.respond(http.StatusOK, v.frame(view.Title, mode), view)
}

func (v *visit) journalView(tx *store.Tx, a *buurtbel.Alert) (Journal, error) {
	d, err := v.overview(tx)
	if err != nil {
		return Journal{}, err
	}
	w := &writer{v: v, tx: tx, loc: d.loc, day: a.At, people: map[buurtbel.ID]string{}}
	view := Journal{Title: v.subject(d.networks, a)}
	messages, err := tx.MessagesOf(a.ID)
	if err != nil {
		return view, err
	}
	if len(messages) > 0 {
		view.Text = saidAll(messages[0].Texts)
	}
	tallies, err := w.tallies(messages)
	if err != nil {
		return view, err
	}
	view.Attempts = w.attempts(tallies)
	if view.Facts, err = w.facts(a, d, messages, tallies); err != nil {
		return view, err
	}
	entries, err := tx.JournalOf(a.ID)
	if err != nil {
		return view, err
	}
	if view.Sealed, view.Broken, err = w.verified(a.ID, entries); err != nil {
		return view, err
	}
	view.Entries, err = w.entries(entries)
	return view, err
}

// saidAll gives the text of every regime, one under the other.
func saidAll(texts []buurtbel.Wording) string {
	var out []string
	for _, t := range texts {
		if s := buurtbel.WithoutLink(t.SMS); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, "\n\n")
}

// writer puts one journal into words.
type writer struct {
	v      *visit
	tx     *store.Tx
	loc    *time.Location
	day    time.Time // of the alert: times of that day are written without their day
	people map[buurtbel.ID]string
}

func (w *writer) tallies(messages []*buurtbel.Message) ([]*store.Tally, error) {
	var out []*store.Tally
	for _, m := range messages {
		t, err := w.tx.Tally(m.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// attempts counts the deliveries of all messages of the alert, by channel and state.
func (w *writer) attempts(tallies []*store.Tally) []Attempt {
	var out []Attempt
	for _, channel := range []buurtbel.Channel{buurtbel.SMS, buurtbel.Voice, buurtbel.Email, buurtbel.Push} {
		for _, state := range buurtbel.DeliveryStates {
			n := 0
			for _, t := range tallies {
				n += t.ByChannel[channel].Deliveries[state]
			}
			if n > 0 {
				out = append(out, Attempt{w.v.t("screen.channel." + string(channel)), string(state), n})
			}
		}
	}
	return out
}

func (w *writer) facts(a *buurtbel.Alert, d *overview, messages []*buurtbel.Message, tallies []*store.Tally) ([]Fact, error) {
	by, err := w.who(a.By)
	if err != nil {
		return nil, err
	}
	zone, err := w.tx.Zone()
	if err != nil {
		return nil, err
	}
	v := w.v
	out := []Fact{{v.t("screen.journal.launched-by"), by}, {v.t("screen.journal.sent-at"), locale.When(v.lang, a.At, v.now, w.loc)},
		{v.t("screen.journal.networks"), names(v.lang, chosen(d.networks, a.Networks))}}
	if len(messages) > 0 {
		out = append(out, Fact{v.t("screen.journal.members"), locale.Number(v.lang, int64(messages[0].Audience))})
	}
	cost := int64(0)
	for _, t := range tallies {
		cost += v.s.cost(t, int64(zone.Limits.Part))
	}
	out = append(out, Fact{v.t("screen.journal.cost"), locale.Price(v.lang, cost)})
	for _, f := range []Fact{{v.t("screen.journal.off-plan"), a.OffPlan}, {v.t("screen.journal.unwise"), a.Unwise}, {v.t("screen.field.call-sign"), a.Asked.CallSign},
		{v.t("screen.field.incident"), a.Asked.Incident}} {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out, nil
}

// who names a person of an entry: officials by name. A member is never named here.
func (w *writer) who(id buurtbel.ID) (string, error) {
	if id == 0 {
		return w.v.t("screen.entry.program"), nil
	}
	if name, ok := w.people[id]; ok {
		return name, nil
	}
	name, err := w.tx.OfficialName(id)
	if name == "" {
		name = w.v.t("screen.entry.person")
	}
	w.people[id] = name
	return name, err
}

// verified checks each chain of the alert, what is kept beside it, and that it is as long as its head says.
func (w *writer) verified(alert buurtbel.ID, all []store.JournalEntry) (words string, broken bool, err error) {
	heads, err := w.tx.Chains()
	if err != nil {
		return "", false, err
	}
	length := map[buurtbel.Chain]int64{}
	for _, h := range heads {
		if h.Chain.Subject == alert {
			length[h.Chain] = h.Seq
		}
	}
	chains := map[buurtbel.Chain][]buurtbel.Entry{}
	contentBroken := false
	for i := range all {
		e := &all[i]
		chains[e.Chain] = append(chains[e.Chain], e.Entry)
		contentBroken = contentBroken || e.Broken
	}
	broken = contentBroken
	for chain, entries := range chains {
		broken = broken || buurtbel.VerifyChain(entries) != nil || int64(len(entries)) != length[chain]
	}
	for chain := range length {
		broken = broken || len(chains[chain]) == 0
	}
	if broken {
		return w.v.t("screen.journal.torn"), true, nil
	}
	return w.v.t("screen.journal.whole", "Count", len(all), "When", locale.When(w.v.lang, w.v.now, w.v.now, w.loc)), false, nil
}

// entries puts the entries into words. What the program does by itself comes in many entries: between two decisions of persons, those of one
// kind are told as one.
func (w *writer) entries(all []store.JournalEntry) ([]Entry, error) {
	slices.SortStableFunc(all, func(a, b store.JournalEntry) int { return a.At.Compare(b.At) })
	var out []Entry
	runs := map[buurtbel.EntryKind]*run{}
	var order []*run
	flush := func() {
		for _, r := range order {
			out = append(out, r.entry(w))
		}
		runs, order = map[buurtbel.EntryKind]*run{}, nil
	}
	for i := range all {
		e := &all[i]
		if !counted(e.Kind) {
			flush()
			entry, err := w.entry(e)
			if err != nil {
				return nil, err
			}
			out = append(out, entry)
			continue
		}
		r := runs[e.Kind]
		if r == nil {
			r = &run{kind: e.Kind, from: e.At, states: map[string]int{}}
			runs[e.Kind] = r
			order = append(order, r)
		}
		r.add(e)
	}
	flush()
	return out, nil
}

// counted tells whether entries of a kind are told as one.
func counted(k buurtbel.EntryKind) bool {
	return k == buurtbel.EntryAttempts || k == buurtbel.EntryReceipts || k == buurtbel.EntryHeard || k == buurtbel.EntryText || k == buurtbel.EntryExpand
}

// run is a stretch of entries of one kind.
type run struct {
	kind        buurtbel.EntryKind
	from, until time.Time
	entries     int
	erased      bool
	states      map[string]int // of attempts and receipts
}

func (r *run) add(e *store.JournalEntry) {
	r.entries++
	r.until = e.At
	r.erased = r.erased || e.Erased
	if r.kind != buurtbel.EntryAttempts && r.kind != buurtbel.EntryReceipts {
		return
	}
	for line := range bytes.Lines(e.Content) {
		if fields := bytes.Fields(line); len(fields) > 2 { // delivery, number of the attempt, state, reason
			r.states[string(fields[2])]++
		}
	}
}

func (r *run) entry(w *writer) Entry {
	e := Entry{When: w.at(r.from), Who: w.v.t("screen.entry.program"), What: w.v.t("screen.entry."+string(r.kind), "Count", r.entries), Erased: r.erased}
	if until := w.at(r.until); until != e.When {
		e.When += " – " + until
	}
	var words []string
	for _, state := range States {
		if n := r.states[state]; n > 0 {
			words = append(words, w.v.t("screen.state."+state)+": "+locale.Number(w.v.lang, int64(n)))
		}
	}
	e.Detail = strings.Join(words, ", ")
	return e
}

// at writes a moment to the second, with its day when it is not the alert's.
func (w *writer) at(t time.Time) string {
	clock := t.In(w.loc).Format("15:04:05")
	if y, m, d := t.In(w.loc).Date(); time.Date(y, m, d, 0, 0, 0, 0, w.loc) != midnight(w.day.In(w.loc)) {
		return locale.Day(w.v.lang, t, w.v.now, w.loc) + " " + clock
	}
	return clock
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

func (w *writer) entry(e *store.JournalEntry) (Entry, error) {
	who, err := w.who(e.Actor)
	out := Entry{When: w.at(e.At), Who: who, Weighs: e.Actor != 0, Erased: e.Erased}
	out.What, out.Detail = w.words(e)
	return out, err
}

// words says what an entry tells, and its detail. Content that was erased tells nothing.
func (w *writer) words(e *store.JournalEntry) (what, detail string) {
	kind, content := string(e.Kind), string(e.Content)
	key := "screen.entry." + kind
	switch e.Kind {
	case buurtbel.EntryLaunch:
		detail = w.launched(e.Content)
	case buurtbel.EntryConfirm, buurtbel.EntryMessage:
		sort, rest, _ := strings.Cut(content, " ")
		key = strings.TrimSuffix(key+"-"+sort, "-")
		detail = w.ended(rest)
	}
	if !locale.Has(key) {
		key = "screen.entry." + kind
	}
	if !locale.Has(key) {
		return w.v.t("screen.entry.other"), detail
	}
	return w.v.t(key), detail
}

// ended reads what a later message wrote down: the ground of a silence, and the reason for going on in spite of warnings.
func (w *writer) ended(content string) string {
	var c struct {
		Ground string `json:"ground"`
		Unwise string `json:"unwise"`
	}
	if json.Unmarshal([]byte(content), &c) != nil {
		return "" // another kind of detail, such as a number of persons
	}
	var out []string
	if key := "screen.ground." + c.Ground; c.Ground != "" && locale.Has(key) {
		out = append(out, w.v.t(key)+".")
	}
	if c.Unwise != "" {
		out = append(out, w.v.t("screen.journal.unwise")+": "+c.Unwise)
	}
	return strings.Join(out, " ")
}

// launched reads what a launch wrote down: how many members, and the reasons that were given.
func (w *writer) launched(content []byte) string {
	var c struct {
		OffPlan string `json:"off_plan"`
		Unwise  string `json:"unwise"`
		People  int    `json:"people"`
		Missing string `json:"missing_permitted_by"`
	}
	if json.Unmarshal(content, &c) != nil {
		return "" // erased, or of an older form: the entry itself still counts
	}
	words := []string{w.v.t("screen.dispatch.members", "Count", c.People) + "."}
	for _, f := range []struct{ key, value string }{{"screen.journal.off-plan", c.OffPlan}, {"screen.journal.unwise", c.Unwise}, {"screen.field.permitted-by", c.Missing}} {
		if f.value != "" {
			words = append(words, fmt.Sprintf("%s: %s.", w.v.t(f.key), strings.TrimSuffix(f.value, ".")))
		}
	}
	return strings.Join(words, " ")
}
