package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/store"
)

// bulletinRoutes are messages that can wait: at the desk, and behind the links of the mail to who relays them, where GET shows and POST does it.
func (s *Server) bulletinRoutes() []route {
	return []route{
		{method: "GET", path: "/bulletins", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletins},
		{method: "GET", path: "/bulletins/new", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletinNew},
		{method: "POST", path: "/bulletins/new", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletinWritten},
		{method: "GET", path: "/bulletins/{bulletin}", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletin},
		{method: "GET", path: "/bulletins/{bulletin}/write", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletinGoOn},
		{method: "POST", path: "/bulletins/{bulletin}/write", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletinWritten},
		{method: "POST", path: "/bulletins/{bulletin}/decide", may: buurtbel.MayRelayBulletin, handler: (*visit).bulletinDecided},
		{method: "POST", path: "/bulletins/{bulletin}/withdraw", may: buurtbel.MayWriteBulletin, handler: (*visit).bulletinWithdrawn},
		{method: "GET", path: "/relay/{token}", open: true, handler: (*visit).relay},
		{method: "GET", path: "/relay/{token}/{way}", open: true, handler: (*visit).relay},
		{method: "POST", path: "/relay/{token}", open: true, handler: (*visit).relayed},
	}
}

var bulletinIcons = map[buurtbel.BulletinState]string{buurtbel.BulletinDraft: "pencil", buurtbel.BulletinOffered: "hourglass", buurtbel.BulletinRelayed: "check",
	buurtbel.BulletinDeclined: "clock", buurtbel.BulletinWithdrawn: "undo-2", buurtbel.BulletinExpired: "minus"}

func (v *visit) bulletins() error {
	all, err := v.s.o.Bulletins.List(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	groups := map[string][]BulletinLine{}
	for _, s := range all {
		where := "past"
		switch {
		case s.Offered.IsZero():
			where = "drafts"
		case s.Waits(v.actor, v.now):
			where = "waits"
		}
		groups[where] = append(groups[where], v.bulletinLine(s))
	}
	view := BulletinList{New: "/bulletins/new", Lead: v.t("screen.bulletin.lead")}
	for _, key := range []string{"waits", "drafts", "past"} {
		if len(groups[key]) > 0 {
			view.Groups = append(view.Groups, BulletinGroup{v.t("screen.bulletin.group-" + key), groups[key]})
		}
	}
	f := v.frame(v.t("screen.bulletin.title"), Calm)
	if v.r.URL.Query().Get("said") == "dropped" {
		f.Status = v.t("screen.bulletin.said-dropped")
	}
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) bulletinLine(s *relaying.Standing) BulletinLine {
	l := BulletinLine{Title: v.bulletinTitle(s.Bulletin), Href: "/bulletins/" + s.ID.String(), From: v.bulletinFrom(s.Bulletin), When: locale.When(v.lang, s.At, v.now, v.place())}
	if s.Offered.IsZero() {
		l.Href += "/write"
	}
	for _, b := range s.Before {
		l.Where = append(l.Where, BulletinAt{b.Name, v.t("screen.bulletin.state-" + string(b.State)), bulletinIcons[b.State]})
	}
	return l
}

func (v *visit) bulletinFrom(b *buurtbel.Bulletin) string {
	return locale.Text(v.lang, "message.bulletin.source-"+string(b.Source), buurtbel.Args{"Issuer": b.Issuer})
}

// bulletinTitle gives the title in the reader's language, else in the first that there is; a draft may have none yet.
func (v *visit) bulletinTitle(b *buurtbel.Bulletin) string {
	for _, l := range append([]buurtbel.Language{v.lang}, buurtbel.Languages...) {
		if t := strings.TrimSpace(b.Titles[l]); t != "" {
			return t
		}
	}
	return v.t("screen.bulletin.untitled")
}

func (v *visit) bulletinTexts(b *buurtbel.Bulletin) []BulletinText {
	var out []BulletinText
	languages := b.Languages()
	for _, l := range languages {
		t := BulletinText{Lang: string(l), Title: b.Titles[l], Advice: points(b.Advice[l])}
		for p := range strings.SplitSeq(b.Texts[l], "\n\n") {
			if p = strings.TrimSpace(p); p != "" {
				t.Paragraphs = append(t.Paragraphs, p)
			}
		}
		if len(languages) > 1 {
			t.Language = v.t("screen.language.own." + string(l))
		}
		out = append(out, t)
	}
	return out
}

// bulletinOf reads the bulletin of the path. One that is somebody else's business does not exist.
func (v *visit) bulletinOf() (*relaying.Standing, error) {
	id, err := v.id("bulletin")
	if err != nil {
		return nil, err
	}
	return v.s.o.Bulletins.One(v.r.Context(), v.actor, v.zone, id)
}

func (v *visit) bulletin() error { return v.bulletinPage(http.StatusOK, nil, "", 0) }

// bulletinPage shows a bulletin; wrong is what was wrong with an act before a network.
func (v *visit) bulletinPage(status int, wrong error, act string, network buurtbel.ID) error {
	s, err := v.bulletinOf()
	if err != nil {
		return err
	}
	view := BulletinPage{Title: v.bulletinTitle(s.Bulletin), From: v.bulletinFrom(s.Bulletin), Texts: v.bulletinTexts(s.Bulletin)}
	view.Facts = []Fact{{v.t("screen.bulletin.topic"), v.t("screen.bulletin.topic-" + s.Topic)}, {v.t("screen.bulletin.until"), locale.When(v.lang, s.Until, v.now, v.place())}}
	if s.Offered.IsZero() {
		view.Write = "/bulletins/" + s.ID.String() + "/write"
	}
	withdrawn := 0
	for _, b := range s.Before {
		one := v.bulletinBefore(s, b)
		if one.Withdraw != nil {
			withdrawn++
		}
		if b.Network == network {
			v.actWrong(wrong, map[string]*BulletinAct{"relay": one.Relay, "not-now": one.NotNow, "withdraw": one.Withdraw}[act])
		}
		view.Before = append(view.Before, one)
	}
	if withdrawn > 1 {
		view.All = v.withdrawing(s, 0)
		if wrong != nil && network == 0 {
			v.actWrong(wrong, view.All)
		}
	}
	f := v.frame(view.Title, Calm)
	f.Path = "/bulletins/" + s.ID.String()
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains([]string{"offered", "relay", "not-now", "withdrawn"}, said) {
		f.Status = v.t("screen.bulletin.said-" + said)
	}
	return v.respond(status, f, view)
}

// actWrong puts what was wrong beside the form of an act, and keeps what was typed.
func (v *visit) actWrong(wrong error, act *BulletinAct) {
	if wrong == nil || act == nil {
		return
	}
	act.Open = true
	if found := relaying.Found(wrong); found != nil {
		act.Found = v.bulletinFound(found)
		if len(found.Refused()) == 0 {
			act.Unwise = v.bulletinUnwise()
		}
		return
	}
	if buurtbel.KeyOf(wrong) == "error.bulletin.reason" {
		act.Field.Error = locale.Error(v.lang, wrong)
	}
}

func (v *visit) bulletinUnwise() *Field {
	return &Field{Name: "unwise", Label: v.t("screen.bulletin.unwise"), Hint: v.t("screen.bulletin.unwise-hint"), Value: plain(v.r.PostFormValue("unwise"))}
}

func (v *visit) bulletinFound(c *relaying.BulletinCheck) []BulletinFound {
	var out []BulletinFound
	for _, p := range c.Problems {
		args := buurtbel.Args{}
		for k, a := range p.Args {
			args[k] = a
		}
		if p.Key == "error.bulletin.lacks-language" {
			args["Language"] = v.t("screen.language.own." + string(p.Language))
		}
		found := BulletinFound{string(p.Level), locale.Text(v.lang, p.Key, args)}
		if !slices.Contains(out, found) {
			out = append(out, found)
		}
	}
	return out
}

func (v *visit) bulletinBefore(s *relaying.Standing, b relaying.Before) BulletinBefore {
	out := BulletinBefore{Name: b.Name, ID: b.Network.String(), State: v.t("screen.bulletin.state-" + string(b.State)), Icon: bulletinIcons[b.State], Word: b.Word, Reason: b.Reason,
		Numbers: v.bulletinNumbers(b.Tally)}
	out.Who = v.bulletinWho(b.Offer)
	base, network := "/bulletins/"+s.ID.String(), b.Network.String()
	if v.s.o.Bulletins.MayDecide(v.actor, s.Bulletin, b.Offer) {
		out.Relay = &BulletinAct{Action: base + "/decide", Network: network, Do: "relay", Words: v.relayWords(s.Bulletin), Field: v.wordField(network)}
		if b.State == buurtbel.BulletinOffered {
			out.NotNow = &BulletinAct{Action: base + "/decide", Network: network, Do: "not-now", Words: v.t("screen.bulletin.not-now-do"), Field: v.reasonField("not-now", network)}
		}
	}
	if v.s.o.Bulletins.MayWithdraw(v.actor, s.Bulletin, b.Offer) {
		out.Withdraw = v.withdrawing(s, b.Network)
	}
	return out
}

func (v *visit) withdrawing(s *relaying.Standing, network buurtbel.ID) *BulletinAct {
	act := &BulletinAct{Action: "/bulletins/" + s.ID.String() + "/withdraw", Do: "withdraw", Words: v.t("screen.bulletin.withdraw-do"), Means: v.t("screen.bulletin.withdraw-means"), Field: v.reasonField("withdraw", "")}
	if network != 0 {
		act.Network = network.String()
		act.Field = v.reasonField("withdraw", act.Network)
	}
	return act
}

func (v *visit) relayWords(b *buurtbel.Bulletin) string {
	if b.Source == buurtbel.SourceNetwork {
		return v.t("screen.bulletin.agree-do")
	}
	return v.t("screen.bulletin.relay-do")
}

// wordField and reasonField are named per network: several stand on one page. What was typed stays.
func (v *visit) wordField(network string) Field {
	name := "word" + network
	return Field{Name: name, Label: v.t("screen.bulletin.word"), Hint: v.t("screen.bulletin.word-hint"), Rows: 3, Value: v.r.PostFormValue(name)}
}

func (v *visit) reasonField(what, network string) Field {
	name := "reason-" + what + network
	return Field{Name: name, Label: v.t("screen.bulletin." + what + "-why"), Hint: v.t("screen.bulletin." + what + "-hint"), Rows: 2, Value: v.r.PostFormValue(name)}
}

// bulletinWho says who decided and when, or whose turn it is.
func (v *visit) bulletinWho(o *buurtbel.Offer) string {
	if o.State == buurtbel.BulletinOffered {
		return v.t("screen.bulletin.turn-"+string(o.Turn), "When", locale.When(v.lang, o.Since, v.now, v.place()))
	}
	when := locale.When(v.lang, o.At, v.now, v.place())
	if o.Name == "" {
		return when
	}
	return v.t("screen.bulletin.by", "Name", o.Name, "When", when)
}

// bulletinNumbers count the message to the members, as deliveries know it: nothing looks whether somebody opens a mail.
func (v *visit) bulletinNumbers(t *store.Tally) []Fact {
	if t == nil {
		return nil
	}
	sum := func(states ...buurtbel.DeliveryState) (n int) {
		for _, s := range states {
			n += t.Members[s]
		}
		return n
	}
	left := 0
	for _, n := range t.Left {
		left += n
	}
	number := func(n int) string { return locale.Number(v.lang, int64(n)) }
	out := []Fact{{v.t("screen.bulletin.n-members"), number(t.Audience)},
		{v.t("screen.bulletin.n-sent"), number(sum(buurtbel.HandedOver, buurtbel.Delivered, buurtbel.Heard, buurtbel.Uncertain))},
		{v.t("screen.bulletin.n-arrived"), number(sum(buurtbel.Delivered, buurtbel.Heard))}}
	for _, f := range []struct {
		key string
		n   int
	}{{"open", t.Audience - t.Expanded + sum(buurtbel.Queued, buurtbel.Sending)}, {"failed", sum(buurtbel.Failed, buurtbel.Expired)}, {"stopped", sum(buurtbel.Stopped)}, {"left", left}} {
		if f.n > 0 {
			out = append(out, Fact{v.t("screen.bulletin.n-" + f.key), number(f.n)})
		}
	}
	return out
}

// decision reads what somebody says of an offer.
func (v *visit) decision(act, suffix string) (relaying.Decision, error) {
	d := relaying.Decision{Relay: act == "relay"}
	var err error
	switch act {
	case "relay":
		d.Word, err = v.typed("word"+suffix, buurtbel.MostBulletinWord)
	case "not-now", "withdraw":
		d.Reason, err = v.typed("reason-"+act+suffix, buurtbel.MostBulletinWord)
	default:
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err == nil {
		d.Unwise, err = v.typed("unwise", 500)
	}
	return d, err
}

func (v *visit) bulletinDecided() error {
	if err := v.form(); err != nil {
		return err
	}
	s, err := v.bulletinOf()
	if err != nil {
		return err
	}
	act, typed := v.r.PostFormValue("do"), v.r.PostFormValue("network")
	i := slices.IndexFunc(s.Before, func(b relaying.Before) bool { return b.Network.String() == typed })
	if i < 0 {
		return buurtbel.Fail(buurtbel.NotFound, "error.bulletin.unknown", nil)
	}
	d, err := v.decision(act, typed)
	if err == nil {
		err = v.s.o.Bulletins.Decide(v.r.Context(), v.actor, v.zone, s.Before[i].ID, d)
	}
	return v.bulletinDone(err, act, act, s.Before[i].Network)
}

func (v *visit) bulletinWithdrawn() error {
	if err := v.form(); err != nil {
		return err
	}
	s, err := v.bulletinOf()
	if err != nil {
		return err
	}
	network, typed := buurtbel.ID(0), v.r.PostFormValue("network")
	if typed != "" {
		if network, err = buurtbel.ParseID(typed); err != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.bulletin.unknown", nil)
		}
	}
	d, err := v.decision("withdraw", typed)
	if err == nil {
		err = v.s.o.Bulletins.Withdraw(v.r.Context(), v.actor, v.zone, s.ID, network, d)
	}
	return v.bulletinDone(err, "withdraw", "withdrawn", network)
}

// bulletinDone goes back to the bulletin and says what was done, or what was wrong.
func (v *visit) bulletinDone(err error, act, said string, network buurtbel.ID) error {
	switch kind := buurtbel.KindOf(err); {
	case err == nil:
		return v.redirect("/bulletins/" + v.r.PathValue("bulletin") + "?said=" + said)
	case kind == buurtbel.Invalid || kind == buurtbel.Conflict:
		return v.bulletinPage(statusOf(kind), err, act, network)
	}
	return err
}

// bulletinCards count what waits for the person to relay.
func (v *visit) bulletinCards() ([]Card, error) {
	if v.may(buurtbel.MayRelayBulletin) != nil || v.s.o.Bulletins == nil {
		return nil, nil
	}
	all, err := v.s.o.Bulletins.List(v.r.Context(), v.actor, v.zone)
	n := 0
	for _, s := range all {
		if s.Waits(v.actor, v.now) {
			n++
		}
	}
	if err != nil || n == 0 {
		return nil, err
	}
	return []Card{{Count: n, Title: v.t("screen.start.bulletins", "Count", n), Text: v.t("screen.start.bulletins-text"), Action: v.t("screen.start.bulletins-do"), Href: "/bulletins"}}, nil
}
