package web

import (
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/store"
)

// mailRoutes are the pages behind links in mails about mail itself. GET shows, POST does; a mail program posts without cookies (RFC 8058 section 3.1), and is
// answered at once, without being sent elsewhere.
func (s *Server) mailRoutes() []route {
	return []route{
		{method: "GET", path: "/stop/{token}", open: true, handler: (*visit).mailStop},
		{method: "POST", path: "/stop/{token}", open: true, handler: (*visit).mailStops},
		{method: "GET", path: "/mail-back/{token}", open: true, handler: (*visit).mailBack},
		{method: "POST", path: "/mail-back/{token}", open: true, handler: (*visit).mailWorks},
	}
}

func (v *visit) mailFrame(title string, b *joining.MailBehind) Frame {
	if !v.chose && b.Mailbox.Language.Valid() {
		v.lang = b.Mailbox.Language
	}
	f := v.frame(v.t(title), Calm)
	f.Shape, f.Path = Member, v.r.URL.Path
	return f
}

func (v *visit) mailStop() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	b, err := joining.MailStop(v.r.Context(), v.s.o.DB, link)
	if err != nil {
		return err
	}
	return v.stopPage(link, b)
}

// stopPage asks, or says that it is done and how to undo it.
func (v *visit) stopPage(link string, b *joining.MailBehind) error {
	f := v.mailFrame("screen.mail.stop-title", b)
	page := MailPage{Title: v.t("screen.mail.stop-title"), Says: []string{v.t("screen.mail.stop-lead", "Network", b.Network), v.t("screen.mail.stop-means")},
		Action: "/stop/" + link, Do: "stop", Words: v.t("screen.mail.stop-do")}
	switch b.Mailbox.Rest {
	case buurtbel.MailGoes:
	case buurtbel.RestByWish:
		page.Title = v.t("screen.mail.stopped-title")
		page.Says = []string{v.t("screen.mail.stopped", "Network", b.Network), v.t("screen.mail.stop-means")}
		page.Do, page.Words, page.Quiet = "again", v.t("screen.mail.again-do"), true
	case buurtbel.RestByComplaint, buurtbel.RestByReturn:
		page.Title, page.Action = v.t("screen.mail.stopped-title"), ""
		page.Says = []string{v.t("screen.mail.stopped", "Network", b.Network), v.t("screen.mail.rests-means")}
	}
	f.Title = page.Title
	return v.respond(http.StatusOK, f, page)
}

func (v *visit) mailStops() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := v.form(); err != nil {
		return err
	}
	again := v.r.PostFormValue("do") == "again"
	if err := joining.StopMail(v.r.Context(), v.s.o.DB, link, !again); err != nil {
		return err
	}
	b, err := joining.MailStop(v.r.Context(), v.s.o.DB, link)
	if err != nil {
		return err
	}
	return v.stopPage(link, b)
}

func (v *visit) mailBack() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	b, err := joining.MailBack(v.r.Context(), v.s.o.DB, link)
	if err != nil {
		return err
	}
	if b.Mailbox.Rest == buurtbel.MailGoes && b.Mailbox.State == buurtbel.ContactOK {
		return v.worksPage(b)
	}
	f := v.mailFrame("screen.mail.back-title", b)
	return v.respond(http.StatusOK, f, MailPage{Title: v.t("screen.mail.back-title"), Says: []string{v.t("screen.mail.back-lead", "Network", b.Network)},
		Action: "/mail-back/" + link, Do: "works", Words: v.t("screen.mail.back-do")})
}

func (v *visit) mailWorks() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if err := joining.MailWorks(v.r.Context(), v.s.o.DB, link); err != nil {
		return err
	}
	b, err := joining.MailBack(v.r.Context(), v.s.o.DB, link)
	if err != nil {
		return err
	}
	return v.worksPage(b)
}

func (v *visit) worksPage(b *joining.MailBehind) error {
	f := v.mailFrame("screen.mail.works-title", b)
	return v.respond(http.StatusOK, f, MailPage{Title: v.t("screen.mail.works-title"), Says: []string{v.t("screen.mail.works", "Network", b.Network)}})
}

// meMails lists a member's mailboxes, as they stand for bulletins and digests. An office sees no address.
func (v *visit) meMails(m mine, s *store.Self) (out []MeMail, err error) {
	var boxes []store.Mailbox
	err = v.s.o.DB.Read(v.r.Context(), buurtbel.Scope{Zone: m.word.Zone}, func(tx *store.Tx) (err error) {
		boxes, err = tx.MailboxesOf(m.word.Member)
		return err
	})
	if err != nil {
		return nil, err
	}
	shown := map[buurtbel.ID]string{}
	for _, c := range s.Contacts {
		if c.Verified {
			shown[c.ID] = v.t("screen.me.kind-" + string(c.Kind))
			if c.Address != "" && !m.asked {
				shown[c.ID] = c.Address
			}
		}
	}
	for _, b := range boxes {
		if address, ok := shown[b.Contact]; ok {
			one := v.meMail(b)
			one.Address = address
			out = append(out, one)
		}
	}
	return out, nil
}

func (v *visit) meMail(b store.Mailbox) MeMail {
	one := MeMail{ID: b.Contact.String(), Now: v.t("screen.mail.now-goes"), Do: "mail-stop", Words: v.t("screen.mail.stop-do")}
	switch {
	case b.State == buurtbel.ContactDead:
		one.Now, one.Trouble, one.Do, one.Words = v.t("screen.mail.now-dead"), true, "mail-ask", v.t("screen.mail.ask-do")
	case b.Rest == buurtbel.RestByWish:
		one.Now, one.Do, one.Words = v.t("screen.mail.now-wish"), "mail-go", v.t("screen.mail.again-do")
	case b.Rest != buurtbel.MailGoes:
		one.Now, one.Trouble, one.Do, one.Words = v.t("screen.mail.now-"+string(b.Rest)), true, "mail-ask", v.t("screen.mail.ask-do")
	}
	return one
}

// meMailDo does what was asked of one mailbox, and tells whether it was about that at all.
func (v *visit) meMailDo(m mine, contact buurtbel.ID) (bool, error) {
	ctx, db := v.r.Context(), v.s.o.DB
	switch do := v.r.PostFormValue("do"); do {
	case "mail-stop", "mail-go":
		if err := joining.WishMail(ctx, db, v.actor, m.word, contact, do == "mail-stop"); err != nil {
			return true, err
		}
		return true, v.kept(m, "/contacts")
	case "mail-ask":
		if err := v.s.o.Hall.AskMailBack(ctx, v.actor, m.word, contact, v.origin()); err != nil {
			return true, err
		}
		return true, v.redirect(m.base + "/contacts?said=mail")
	}
	return false, nil
}
