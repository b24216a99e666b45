package web

// Replies is what members wrote, for who leads a network and for police.
type Replies struct {
	Lead, None string
	List       []ReplyLine
}

func (Replies) template() string { return "replies" }

// ReplyLine is one conversation in a list.
type ReplyLine struct {
	Href, From, Title, Text, When string
	Urgent, Closed                bool
	Passed                        []string
}

// ReplyPage is one conversation as somebody handles it.
type ReplyPage struct {
	From, Title, Action string
	Urgent, Closed      string // sentences; empty: it is not so
	Passed              []string
	Lines               []ReplyText
	Given               string // the name that the member gave; empty: the seal is closed
	Answer              Field
	Police, City, Close bool // what can be done
	Settle, Call        bool
	Note                string // where all answers to the same message stand; empty: nowhere
}

func (ReplyPage) template() string { return "reply" }

// ReplyText is one text of a conversation.
type ReplyText struct {
	ID, Who, When, Text, Note string
	Member                    bool
	Own                       string // on the own page: as the member wrote it
	Unseal                    bool   // on the own page: the name can be given with it
	Unsealed                  bool
}

// MeReplies is a member's own conversations.
type MeReplies struct {
	Mine
	Line, Said string
	Call       string // an urgent text was just sent: what to do now
	Text       Field
	Unplaced   bool
	List       []MeReply
}

func (MeReplies) template() string { return "me-replies" }

// MeReply is one of them.
type MeReply struct {
	ID, Title, When, From, Action string
	Passed                        []string
	Lines                         []ReplyText
	Hide                          bool
	Text                          Field
}

// ReplyNote is the answers to one message together.
type ReplyNote struct {
	Title, Lead, Action, Back string
	Groups                    []ReplyGroup
}

func (ReplyNote) template() string { return "reply-note" }

// ReplyGroup is the answers from one place.
type ReplyGroup struct {
	Words string
	Said  []ReplyText
}
