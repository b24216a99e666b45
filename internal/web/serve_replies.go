package web

import (
	"net/http"
	"slices"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/relaying"
	"github.com/buurtbel/buurtbel/internal/replytext"
	"github.com/buurtbel/buurtbel/internal/store"
)

// replyRoutes are what members write, sealed: for who leads a network and for police, and on the own page.
func (s *Server) replyRoutes() []route {
	return []route{
		{method: "GET", path: "/replies", may: buurtbel.MayHearReplies, handler: (*visit).replies},
		{method: "GET", path: "/replies/{reply}", may: buurtbel.MayHearReplies, handler: (*visit).reply},
		{method: "POST", path: "/replies/{reply}", may: buurtbel.MayHearReplies, handler: (*visit).replyDo},
		{method: "GET", path: "/replies/{reply}/note", may: buurtbel.MayHearReplies, handler: (*visit).replyNote},
		{method: "POST", path: "/replies/{reply}/note", may: buurtbel.MayHearReplies, handler: (*visit).replyNoteSend},
		{method: "GET", path: "/me/replies", own: true, handler: selfish((*visit).meReplies)},
		{method: "POST", path: "/me/replies", own: true, handler: selfish((*visit).meReplyStart)},
		{method: "POST", path: "/me/replies/{reply}", own: true, handler: selfish((*visit).meReplyDo)},
	}
}

// mostReply is the longest text of a conversation in characters.
const mostReply = 4000

// replyFlag says on every page of police that members wrote something urgent.
func (v *visit) replyFlag() string {
	n, err := v.s.o.Post.Flags(v.r.Context(), v.actor, v.zone)
	if err != nil {
		if v.r.Context().Err() == nil {
			v.s.o.Logger.ErrorContext(v.r.Context(), "count urgent replies", "error", err)
		}
		return ""
	}
	if n == 0 {
		return ""
	}
	return v.t("screen.reply.flag", "Count", n)
}

func (v *visit) replies() error {
	list, err := v.s.o.Post.Threads(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	title := v.t("screen.reply.title")
	view := Replies{Lead: v.t("screen.reply.lead"), None: v.t("screen.reply.none")}
	if v.actor.May(buurtbel.MayHearReplies, v.scope(), v.now) == nil {
		title, view.Lead, view.None = v.t("screen.reply.desk"), v.t("screen.reply.desk-lead"), v.t("screen.reply.desk-none")
	}
	for i := range list {
		view.List = append(view.List, v.replyLine(&list[i]))
	}
	return v.respond(http.StatusOK, v.frame(title, Calm), view)
}

func (v *visit) replyLine(t *relaying.Thread) ReplyLine {
	l := ReplyLine{Href: "/replies/" + t.ID.String(), From: v.replyFrom(t), Title: t.Title, When: locale.When(v.lang, t.Last, v.now, v.place()), Urgent: t.Flagged, Closed: !t.Open, Passed: v.replyPassed(t)}
	if n := len(t.Lines); n > 0 {
		l.Text = brief(t.Lines[n-1].Text)
	}
	return l
}

// brief is the beginning of a text, for a list.
func brief(text string) string {
	const most = 160
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most]) + "…"
}

// replyFrom says where a text comes from, as it may be known.
func (v *visit) replyFrom(t *relaying.Thread) string {
	switch {
	case t.Unplaced:
		return v.t("message.reply.from-nobody")
	case t.Place != "":
		return v.t("message.reply.from-street", "Street", t.Place, "Network", t.NetworkName)
	}
	return v.t("message.reply.from-network", "Network", t.NetworkName)
}

func (v *visit) replyPassed(t *relaying.Thread) (out []string) {
	if !t.Police.IsZero() {
		out = append(out, v.t("screen.reply.passed-police", "When", locale.When(v.lang, t.Police, v.now, v.place())))
	}
	if !t.City.IsZero() {
		out = append(out, v.t("screen.reply.passed-city", "When", locale.When(v.lang, t.City, v.now, v.place())))
	}
	return out
}

func (v *visit) reply() error { return v.replyPage(http.StatusOK, nil) }

func (v *visit) replyPage(status int, wrong error) error {
	id, err := v.id("reply")
	if err != nil {
		return err
	}
	t, err := v.s.o.Post.Thread(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	p := ReplyPage{From: v.replyFrom(t), Title: t.Title, Action: "/replies/" + id.String(), Passed: v.replyPassed(t), Lines: v.replyTexts(t)}
	if t.Urgent {
		p.Urgent = v.t("screen.reply.urgent-means", "Line", v.emergencyLine())
	}
	if !t.Open {
		p.Closed = v.t("screen.reply.closed")
	}
	if t.Name != "" {
		p.Given = v.t("screen.reply.given", "Name", t.Name, "Phone", t.Phone)
	}
	p.Answer = Field{Name: "answer", Label: v.t("screen.reply.answer"), Hint: v.t("screen.reply.answer-hint"), Rows: 5, Value: plain(v.r.PostFormValue("answer"))}
	if wrong != nil {
		p.Answer.Error = locale.Error(v.lang, wrong)
	}
	police := t.As == store.ByPolice
	p.Police, p.City = t.As == store.ByCoordinator && t.Police.IsZero(), t.City.IsZero()
	p.Settle, p.Call, p.Close = police && t.Flagged, police, t.Open
	if t.As == store.ByCoordinator && t.Title != "" {
		p.Note = p.Action + "/note"
	}
	f := v.frame(p.From, Calm)
	f.Path = p.Action
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains(repliesSaid, said) {
		f.Status = v.t("screen.reply.said-" + said)
	}
	return v.respond(status, f, p)
}

var repliesSaid = []string{"answer", "pass", "close", "settle", "call", "note"}

func (v *visit) replyTexts(t *relaying.Thread) (out []ReplyText) {
	for _, l := range t.Lines {
		r := ReplyText{ID: l.ID.String(), Who: v.t("screen.reply.by-" + l.Author), When: locale.When(v.lang, l.At, v.now, v.place()), Text: l.Text, Member: l.Author == store.ByMember, Unsealed: l.Unsealed}
		if l.Author == t.As {
			r.Who = v.t("screen.reply.by-you")
		}
		if l.Refused > 0 {
			r.Note = v.t("screen.reply.attachments", "Count", l.Refused)
		}
		out = append(out, r)
	}
	return out
}

// emergencyLine is the first line that members of the visit's zone are told to call.
func (v *visit) emergencyLine() string {
	line := ""
	if err := v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err != nil {
			return err
		}
		lines, err := z.EmergencyLines()
		if len(lines) > 0 {
			line = lines[0].Number
		}
		return err
	}); err != nil {
		v.s.o.Logger.ErrorContext(v.r.Context(), "zone's lines", "error", err)
	}
	return line
}

func (v *visit) replyDo() error {
	if err := v.form(); err != nil {
		return err
	}
	id, err := v.id("reply")
	if err != nil {
		return err
	}
	ctx, post, do := v.r.Context(), v.s.o.Post, v.r.PostFormValue("do")
	said := do
	switch do {
	case "police", "city":
		err, said = post.PassOn(ctx, v.actor, v.zone, id, do), "pass"
	case "close":
		err = post.Close(ctx, v.actor, v.zone, id)
	case "settle":
		err = post.SettleFlag(ctx, v.actor, v.zone, id)
	case "call":
		err = post.AskToCall(ctx, v.actor, v.zone, id)
	default:
		said = "answer"
		var text string
		if text, err = v.typed("answer", mostReply); err == nil {
			err = post.Answer(ctx, v.actor, v.zone, id, text)
		}
	}
	if buurtbel.KindOf(err) == buurtbel.Invalid && err != nil {
		return v.replyPage(http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/replies/" + id.String() + "?said=" + said)
}

func (v *visit) meReplies(m mine) error { return v.meRepliesPage(m, http.StatusOK, 0, nil) }

func (v *visit) meRepliesPage(m mine, status int, at buurtbel.ID, wrong error) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	list, err := v.s.o.Post.Own(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	line := v.emergencyLine()
	page := MeReplies{Mine: v.view(m, s), Line: v.t("screen.reply.mine-line", "Line", line), Text: Field{Name: "text", Label: v.t("screen.reply.mine-text"), Rows: 6}}
	if wrong != nil && at == 0 {
		page.Text.Value, page.Text.Error = plain(v.r.PostFormValue("text")), locale.Error(v.lang, wrong)
	}
	for i := range list {
		page.List = append(page.List, v.meReply(m, &list[i], at, wrong))
	}
	if v.r.Method == http.MethodGet {
		switch v.r.URL.Query().Get("said") {
		case "sent":
			page.Said = v.t("screen.reply.mine-sent")
		case "urgent":
			page.Said, page.Call = v.t("screen.reply.mine-sent"), v.t("screen.reply.mine-call", "Line", line)
		}
	}
	f := v.meFrame(m, v.t("screen.reply.mine"))
	f.Path = "/me/replies"
	return v.respond(status, f, page)
}

func (v *visit) meReply(m mine, t *relaying.Thread, at buurtbel.ID, wrong error) MeReply {
	id := t.ID.String()
	r := MeReply{ID: id, Title: t.Title, When: locale.When(v.lang, t.Begun, v.now, v.place()), From: v.replyFrom(t), Action: m.base + "/replies/" + id, Passed: v.replyPassed(t), Lines: v.replyTexts(t), Hide: !t.Unplaced,
		Text: Field{Name: "text-" + id, Label: v.t("screen.reply.mine-more"), Rows: 3}}
	if wrong != nil && at == t.ID {
		r.Text.Value, r.Text.Error = plain(v.r.PostFormValue(r.Text.Name)), locale.Error(v.lang, wrong)
	}
	for i, l := range t.Lines {
		if l.Author != store.ByMember {
			r.Lines[i].Text = l.Own // what was written to the member, without marks
			continue
		}
		if l.Own != l.Text {
			r.Lines[i].Own = l.Own
		}
		r.Lines[i].Unseal = !l.Unsealed && (!t.Police.IsZero() || t.Urgent)
	}
	return r
}

func (v *visit) meReplyStart(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	return v.meReplyWrites(m, 0, "text")
}

func (v *visit) meReplyWrites(m mine, id buurtbel.ID, field string) error {
	text, err := v.typed(field, mostReply)
	if err == nil {
		err = v.s.o.Post.Write(v.r.Context(), v.actor, v.zone, id, text, v.r.PostFormValue("unplaced") != "")
	}
	switch {
	case err != nil && buurtbel.KindOf(err) == buurtbel.Invalid:
		return v.meRepliesPage(m, http.StatusUnprocessableEntity, id, err)
	case err != nil:
		return err
	}
	if urgent, _ := replytext.Urgent(text); urgent {
		return v.redirect(m.base + "/replies?said=urgent")
	}
	return v.redirect(m.base + "/replies?said=sent")
}

func (v *visit) meReplyDo(m mine) error {
	if err := v.form(); err != nil {
		return err
	}
	id, err := v.id("reply")
	if err != nil {
		return err
	}
	switch do := v.r.PostFormValue("do"); do {
	case "hide":
		err = v.s.o.Post.Hide(v.r.Context(), v.actor, v.zone, id)
	case "unseal":
		line, bad := buurtbel.ParseID(v.r.PostFormValue("line"))
		if bad != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.reply.unknown", nil)
		}
		err = v.s.o.Post.Unseal(v.r.Context(), v.actor, v.zone, id, line)
	default:
		return v.meReplyWrites(m, id, "text-"+id.String())
	}
	if err != nil {
		return err
	}
	return v.kept(m, "/replies")
}

// replyNote shows all answers to one message together, by place.
func (v *visit) replyNote() error {
	id, err := v.id("reply")
	if err != nil {
		return err
	}
	n, err := v.s.o.Post.Note(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	loc := v.place()
	page := ReplyNote{Title: n.Title, Action: "/replies/" + id.String() + "/note", Back: "/replies/" + id.String(),
		Lead: v.t("screen.reply.note-lead", "Count", n.Members, "From", locale.When(v.lang, n.From, v.now, loc), "Until", locale.When(v.lang, n.Until, v.now, loc))}
	for _, g := range n.Groups {
		group := ReplyGroup{Words: v.t("screen.reply.note-group", "From", v.replyFrom(&relaying.Thread{Place: g.Place, NetworkName: n.NetworkName}), "Count", len(g.Said))}
		for _, s := range g.Said {
			group.Said = append(group.Said, ReplyText{When: locale.When(v.lang, s.At, v.now, loc), Text: s.Text})
		}
		page.Groups = append(page.Groups, group)
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.reply.note"), Calm), page)
}

func (v *visit) replyNoteSend() error {
	id, err := v.id("reply")
	if err != nil {
		return err
	}
	if err := v.s.o.Post.SendNote(v.r.Context(), v.actor, v.zone, id); err != nil {
		return err
	}
	return v.redirect("/replies/" + id.String() + "?said=note")
}
