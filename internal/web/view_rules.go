package web

// RulesList shows the internal rules of the networks that somebody keeps.
type RulesList struct{ Networks []RulesLine }

func (RulesList) template() string { return "rules" }

// RulesLine is one network of the list.
type RulesLine struct{ Name, Href, Now, Waits string }

// RulesText is the rules in one language, a line for each point.
type RulesText struct {
	Lang, Language string // Language: its own name; "" when there is one only
	Points         []string
}

// RulesPage is one network's rules at the desk.
type RulesPage struct {
	Network   string
	Facts     []Fact
	Texts     []RulesText
	Write     string // where they are written; "": the person may not
	WriteDo   string
	Proposal  *RulesProposal
	Answers   []Fact // what members say to the newest version; none: nobody was asked
	Accepted  []Fact // version, and how many members accepted it last
	Total     string
	Names     string // where names are shown
	Asks      bool   // an official writes why first
	Reason    Field
	Lines     []RulesPerson // who has not accepted the newest
	Shown     bool
	None      bool // everybody accepted it
	Versions  []Link
	PublicRef string
}

func (RulesPage) template() string { return "rules-page" }

// RulesPerson is a member who has not accepted the newest version.
type RulesPerson struct{ Name, Href, Before string }

// RulesProposal is what waits for the officer, or came back.
type RulesProposal struct {
	Says   string
	Note   string
	From   string
	Texts  []RulesText
	Decide string // where the officer decides; "": somebody else does
	Seen   string
	Why    Field
}

// RulesWrite is where they are written.
type RulesWrite struct {
	Network, Action, Back string
	Fields                []Field
	From                  Field
	Preview               []RulesText
	Told                  string
}

func (RulesWrite) template() string { return "rules-write" }

// RulesPublic is a version as anybody reads it.
type RulesPublic struct {
	Network, Back string
	Facts         []Fact
	Text          RulesText
	Old           string // says that another version holds; "": it is in force
	Versions      []Link
}

func (RulesPublic) template() string { return "rules-public" }

// RulesAccept is the newest version as a member is asked to accept it, behind a link of a mail.
type RulesAccept struct {
	Source, Lead, Action, Version, Said string
	Refused                             string // said not to accept, and may still accept; "": has not
	Texts                               []RulesText
}

func (RulesAccept) template() string { return "rules-accept" }

// MeRules is the same on the own page.
type MeRules struct {
	Mine
	Now     string
	Version string // to accept; "": it was accepted
	Refused string // as RulesAccept
	Texts   []RulesText
	Done    []Fact
}

func (MeRules) template() string { return "me-rules" }
