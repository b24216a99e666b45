package web

import "github.com/buurtbel/buurtbel"

// tree is the phone tree of an invented network: the list, one network, and its printed sheets.
func (s sample) tree(name string) Page {
	switch name {
	case "trees":
		return Trees{[]TreeLine{{"BIN Kerkveld", "/looks/tree", s.t("tree.valid", "Number", "3", "Until", "3 mei 2027"), false}, {"BIN Waterkant", "/looks/tree", s.t("tree.never"), true}}}
	case "tree-sheets":
		calls := []TreeCalled{{"Lies Wouters", "0455 00 00 11", s.t("tree.goes", "Count", 4)}, {"Karim El Idrissi", "0455 00 00 12", s.t("tree.goes", "Count", 3)},
			{"Marie-Christine Vandenbroucke", "02 000 01 13", ""}, {"Jan Peeters", "0455 00 00 14", ""}}
		return TreeSheets{Network: "BIN Kerkveld", Number: "3", Date: "3 november 2026", Until: "3 mei 2027", Back: "/looks/tree", Sheets: []TreeSheet{
			{Title: s.t("tree.police"), Police: true, Calls: calls[:2]}, {Title: "Lies Wouters", Calls: calls[2:]}, {Title: "Jan Peeters", CalledBy: "Lies Wouters", Calls: calls[2:3]}}}
	}
	t := Tree{Network: "BIN Kerkveld", Lead: s.t("tree.lapsed", "Number", "2"), Print: "/looks/tree-sheets", Find: "/looks/tree", Consent: "/looks/tree",
		Reason: Field{Name: "reason", Label: s.t("tree.reason"), Hint: s.t("tree.reason-hint")}, Part: Field{Name: "part", Label: s.t("tree.part"), Hint: s.t("tree.part-hint"), Value: "wou"},
		Asked: true, Found: []TreeFound{{"1", "Lies Wouters", s.t("tree.agrees-since", "Date", "12 maart 2026"), true, true}, {"2", "Piet Wouters", s.t("tree.not-agreed"), false, false}},
		Prints: []TreePrint{{"2", "4 april 2026, 10.12 uur", "4 oktober 2026", "Hilde Roosen, " + s.t("role.officer"), "38"}}}
	t.Facts = []Fact{{s.t("tree.people"), "41"}, {s.t("tree.agreed"), "36"}, {s.t("tree.callers"), s.t("tree.callers-most", "Count", 12, "Most", buurtbel.TreeCalls)}, {s.t("tree.levels"), "4"}}
	return t
}
