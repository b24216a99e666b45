package web

// Trees lists the networks whose phone trees the person may keep.
type Trees struct{ Networks []TreeLine }

func (Trees) template() string { return "trees" }

// TreeLine is one network in that list.
type TreeLine struct {
	Name, Href, State string
	Late              bool // there is no valid print
}

// Tree is one network's phone tree: how it stands, who agreed, and its prints. It shows no name and no number until somebody asks for them.
type Tree struct {
	Network string
	Lead    string
	Facts   []Fact
	Empty   bool   // nobody stands in it: there is nothing to print
	Print   string // where a print is asked for
	Reason  Field  // why, for an official; no name: not asked
	Find    string // where a name is looked for
	Part    Field
	Why     Field // the reason of the search; no name: not asked
	Asked   bool  // a search was made
	Found   []TreeFound
	Consent string // where a member's word is recorded
	Prints  []TreePrint
}

func (Tree) template() string { return "tree" }

// TreeFound is a member whom a search found.
type TreeFound struct {
	ID, Name, State string
	Agrees          bool
	Out             bool // wishes no exercises
}

// TreePrint is one print that was made.
type TreePrint struct{ Number, When, Until, Who, People string }

// TreeSheets is a printed tree: one sheet per caller, each with the numbers that this person calls and no others.
type TreeSheets struct {
	Network, Number, Date, Until string
	Back                         string
	Sheets                       []TreeSheet
}

func (TreeSheets) template() string { return "tree-sheets" }

// TreeSheet is the sheet of one caller.
type TreeSheet struct {
	Title, CalledBy string
	Police          bool
	Calls           []TreeCalled
}

// TreeCalled is one person whom the caller calls.
type TreeCalled struct{ Name, Number, Goes string }
