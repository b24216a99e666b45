package outside

// Entry is one line of GET /log: one accepted submit_sm, so one part of a text.
type Entry struct {
	ID       string `json:"id"`     // the message id that was given, in decimal
	Number   string `json:"number"` // E.164 with "+"
	From     string `json:"from"`
	Tag      string `json:"tag"`   // of this part or of the whole text it belongs to; "" when there is none
	Hash     string `json:"hash"`  // of this part's text, hexadecimal; see Hash
	Whole    string `json:"whole"` // of the whole text; "0" while parts are missing
	Ref      int    `json:"ref"`
	Part     int    `json:"part"` // from 1
	Total    int    `json:"total"`
	Validity int    `json:"validity_s"` // 0: none asked
	Conn     int    `json:"conn"`       // which connection, counted from 1
	At       int64  `json:"at_ns"`      // ns since 1970
}

// MailEntry is one line of GET /log/mails: one accepted recipient of one mail.
type MailEntry struct {
	To        string `json:"to"`
	MessageID string `json:"message_id"` // without angle brackets
	Subject   string `json:"subject"`
	Tag       string `json:"tag"` // of the subject, else of the first 4 kB as they came
	Size      int    `json:"size"`
	With      int    `json:"with"` // how many other recipients shared the envelope
	Conn      int    `json:"conn"`
	At        int64  `json:"at_ns"`
}

// Summary counts a log, or the entries of one tag.
type Summary struct {
	Tag        string    `json:"tag"`
	Count      int       `json:"count"`      // submit_sm, or recipients of mails
	Messages   int       `json:"messages"`   // different (number, tag), or (number, whole text) where there is no tag; of mails (recipient, Message-ID)
	Numbers    int       `json:"numbers"`    // different numbers, or mailboxes
	Incomplete int       `json:"incomplete"` // parts of texts whose other parts never came
	First      int64     `json:"first_ns"`   // ns since 1970; 0 when Count is 0
	Last       int64     `json:"last_ns"`
	Doubled    []Doubled `json:"doubled"`
}

// Doubled is one part of one text that one number got more than once.
type Doubled struct {
	Number    string `json:"number"` // or the mailbox
	Tag       string `json:"tag"`
	MessageID string `json:"message_id,omitempty"` // of a mail
	Part      int    `json:"part"`
	Times     int    `json:"times"`
}

// Counts is what happened since the start.
type Counts struct {
	Binds        int64 `json:"binds"`         // accepted ones
	Conns        int64 `json:"conns"`         // SMPP connections
	Submits      int64 `json:"submits"`       // submit_sm read
	Taken        int64 `json:"taken"`         // and accepted
	Throttled    int64 `json:"throttled"`     // and answered "throttled" or "queue full"
	Refused      int64 `json:"refused"`       // and refused otherwise, binds too
	Receipts     int64 `json:"receipts"`      // sent, repetitions not counted
	Answered     int64 `json:"answered"`      // deliver_sm answered with status 0
	Repeated     int64 `json:"repeated"`      // deliver_sm sent again
	Given        int64 `json:"given_up"`      // deliver_sm that were repeated too often
	Unanswered   int64 `json:"unanswered"`    // deliver_sm that wait or are on their way
	Mails        int64 `json:"mails"`         // accepted recipients
	MailsRefused int64 `json:"mails_refused"` // 4xx and 5xx
}
