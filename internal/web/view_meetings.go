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
	Invite                  string       // words on the button; empty: they were invited, or it is over
	Cancel                  string       // what it means, beside the button; empty: it cannot be taken back any more
	Move                    *MeetingMove // nil: it cannot be changed any more
	Attendance              string       // where names are marked and a list is printed; empty: it does not take place
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

// MeetingMove is the form that changes a meeting.
type MeetingMove struct {
	Title, Place, Day, From, Until Field
	Means                          string // who is told
	Open                           bool
}

// AttendancePage is who may be at a meeting, by name only, and who was.
type AttendancePage struct {
	Title, Action, Print, Back string
	Asks, Official             bool // an official says why before names are opened
	Reason                     Field
	Early                      bool // the meeting has not begun
	Kept                       string
	People                     []AttendanceLine
	Others                     Field
}

func (AttendancePage) template() string { return "attendance" }

// AttendanceLine is one person on the list of a meeting.
type AttendanceLine struct {
	ID, Name, Note string
	There          bool
}

// MeCalendar is a member's own calendar.
type MeCalendar struct {
	Mine
	List []MeMeeting
}

func (MeCalendar) template() string { return "me-calendar" }

// MeMeeting is one meeting to which a member was invited.
type MeMeeting struct {
	ID, Title, When, Where, Action, Calendar, Said string
	Over                                           string // why no answer is asked any more; empty: it is
}
