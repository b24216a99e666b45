package web

// ImportStart is where a list of members is brought.
type ImportStart struct {
	Network, Action, Back string
	Drafts                []Link
}

func (ImportStart) template() string { return "import-start" }

// ImportDraft is a list that is mended before it is taken over.
type ImportDraft struct {
	Network, Action, Back string
	Words                 string // how many would become members, how many not
	Columns               []ImportColumn
	Whole                 []string // what is said of the whole list
	Rows                  []ImportRow
	More                  int // rows with a question that are not on this page yet
	Told                  []ImportTold
	First                 []string // how the first people are understood
	Take                  string   // words on the button; empty: nobody would become a member
}

func (ImportDraft) template() string { return "import-draft" }

// ImportColumn is what one column is taken for.
type ImportColumn struct {
	Letter, Header, Sample string
	Meanings               []Option
}

// ImportRow is a line that asks something.
type ImportRow struct {
	Line             int
	Says             []ImportTold
	Cells            []Field
	Take, Leave      bool // what was answered
	CanTake, Refused bool
}

// ImportTold is one thing that is said of a place in the list.
type ImportTold struct{ Where, Word, Sentence string }

// ImportProgress is a list that is being taken over, or was.
type ImportProgress struct {
	Network, Action, Back string
	Words                 string
	Done, Total           int
	Going                 bool
	Undo                  string // what taking it back means; empty: it cannot be
}

func (ImportProgress) template() string { return "import-progress" }
