package web

// mail is the page behind the link of a mail, before and after.
func (s sample) mail(name string) (Frame, Page) {
	f := s.frame()
	f.Shape, f.Title, f.Mode = Member, s.t("mail.stop-title"), Calm
	page := MailPage{Title: f.Title, Says: []string{s.t("mail.stop-lead", "Network", "BIN Kerkveld"), s.t("mail.stop-means")}, Action: "/x", Do: "stop", Words: s.t("mail.stop-do")}
	if name == "mail-stopped" {
		f.Title = s.t("mail.stopped-title")
		page = MailPage{Title: f.Title, Says: []string{s.t("mail.stopped", "Network", "BIN Kerkveld"), s.t("mail.stop-means")}, Action: "/x", Do: "again", Words: s.t("mail.again-do"), Quiet: true}
	}
	return f, page
}

func (s sample) mails() []MeMail {
	return []MeMail{{"3", "marie-christine.vandenbroucke@example.org", s.t("mail.now-goes"), false, "mail-stop", s.t("mail.stop-do")},
		{"4", "mc@example.org", s.t("mail.now-returned"), true, "mail-ask", s.t("mail.ask-do")}}
}
