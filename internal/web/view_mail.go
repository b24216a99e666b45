package web

// MailPage is the page behind the link of a mail: what is asked, and one button that does it.
type MailPage struct {
	Title  string
	Says   []string
	Action string // where the button posts; empty: no button
	Do     string // what the button means
	Words  string // on the button
	Quiet  bool   // the button takes back what was just done
}

func (MailPage) template() string { return "mail-page" }

// MeMail is one mailbox of a member, as it stands for bulletins and digests.
type MeMail struct {
	ID, Address string
	Now         string
	Trouble     bool
	Do, Words   string // what may be asked, and the words of the button
}
