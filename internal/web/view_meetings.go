package web

// Calendar lists the meetings of the networks.
type Calendar struct{ Networks []CalendarNetwork }

func (Calendar) template() string { return "calendar" }

// CalendarNetwork is one network's meetings.
type CalendarNetwork struct {
	Name, New    string
	Coming, Past []MeetingLine
}

// MeetingLine is one meeting in a list.
type MeetingLine struct{ Title, Href, When, Where, Note string }

// MeetingNew is the form of a meeting.
type MeetingNew struct {
	Network, NetworkID             string
	Kinds, Invites                 []Option
	Title, Place, Day, From, Until Field
}

func (MeetingNew) template() string { return "meeting-new" }

// MeetingPage is one meeting at the desk.
type MeetingPage struct {
	Title, Action, Calendar string
	Facts                   []Fact
	Invite                  string // words on the button; empty: they were invited, or it is over
	Cancel                  bool
	Began                   bool
	Attended, Minutes       Field
	Votes                   []MeetingVoteForm
	Confirm                 []Option // mandates that the minutes can confirm
}

func (MeetingPage) template() string { return "meeting" }

// MeetingVoteForm is one question with its counts.
type MeetingVoteForm struct{ Question, Yes, No, Blank Field }

// InvitationPage is a meeting as a guest sees it behind the link of a mail.
type InvitationPage struct {
	Source, Title, When, Where, Action, Calendar, Said string
	Over                                               string
}

func (InvitationPage) template() string { return "invitation" }
