package web

// Templates lists the ready texts of a zone.
type Templates struct {
	New   string // where a new one is made
	Own   []TemplateLine
	Ready []TemplateLine
	After []TemplateLine // update, correction and all clear
}

func (Templates) template() string { return "templates" }

// TemplateLine is one ready text.
type TemplateLine struct {
	Name, Href string
	Valid      string // "2 uur"
	Urgency    string // in words
	Edited     bool   // a text of the catalogue with the zone's own words
}

// TemplateEdit is the page on which a ready text is written, in every language side by side. It posts title-<language>, text-<language>,
// valid, fact (of a zone's own), and do: save or reset.
type TemplateEdit struct {
	Action   string
	Back     string
	Name     string
	Fresh    bool     // it does not exist yet
	Own      bool     // made by the zone
	Follows  bool     // it follows an alert: it has no title of its own
	Edited   bool     // the zone's words, not the catalogue's
	Facts    []Option // what it stands for; empty where that is fixed
	Valid    []Option
	Slots    []Fact // what may stand between braces, and what it means
	Findings []Finding
	Versions []TemplateVersion
}

func (TemplateEdit) template() string { return "template" }

// TemplateVersion is a ready text in one language.
type TemplateVersion struct {
	Language, Name string
	Title, Text    Field
	Findings       []Finding
	Bubble         *Bubble // what arrives, with examples in the slots; nil while there is no text
}
