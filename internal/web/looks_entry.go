package web

// entryPages are the pages of signing in, filled with an invented town.
func (s sample) entryPages(f Frame, name string) (Frame, Page) {
	touch := Touch{Ask: "/x", Bring: "/x", Next: "/"}
	code := Field{Name: "proof", Label: s.t("prove.code"), Hint: s.t("prove.code-sealed-hint"), Auto: "one-time-code"}
	provider := Link{Words: s.t("access.with", "Provider", "Politie Vlierbeek"), Href: "#"}
	bare := func(title string) Frame {
		f.Title, f.Shape, f.Places, f.HandOver = title, Bare, nil, ""
		return f
	}
	switch name {
	case "sign-in-all":
		f, v := s.signIn(false)
		in, ok := v.(SignIn)
		if !ok {
			return f, nil
		}
		in.Touch, in.Others, in.Sealed = touch, []Link{provider}, "/looks/sealed"
		return f, in
	case "prove":
		f.Title = s.t("prove.title")
		return f, Prove{Action: "/x", Fields: []Fact{{"reason", "x"}}, Back: "/looks", Proof: Proof{Touch: touch, Others: []Link{{Words: s.t("prove.with", "Provider", "Politie Vlierbeek"), Href: "#"}}, Mail: "/x", Typed: true, Sealed: true, Code: code}}
	case "returned":
		return bare(s.t("sign-in.title")), Returned{Action: "/x", State: "x", Code: "x", Provider: "Politie Vlierbeek"}
	case "sealed":
		return bare(s.t("sealed.title")), SealedIn{Action: "/x", Back: "/looks/sign-in-all", Lasts: "1 uur", Code: Field{Name: "code", Label: s.t("sealed.code"), Hint: s.t("sealed.code-hint"), Auto: "off"},
			Who: Field{Name: "who", Label: s.t("sealed.who"), Hint: s.t("sealed.who-hint"), Auto: "name"}}
	case "account":
		f.Title = s.t("access.own-title")
		return f, s.account(touch)
	case "entries":
		f.Title, f.Role = s.t("entries.title"), s.t("role.administrator")
		return f, Entries{Make: "/x", Set: []Fact{{s.t("sealed.set"), "3"}, {s.t("sealed.made"), "maandag 9.00 uur"}, {s.t("sealed.left"), s.t("sealed.left-of", "Left", "11", "Total", "12")}},
			Lines: []EntryLine{{"Ann Peeters", s.t("role.dispatcher"), 1, 2, "/x", "/x"}, {s.t("access.citizen"), s.t("role.coordinator"), 0, 0, "/x", "/x"}}}
	case "sealed-sheet":
		f.Title, f.Role = s.t("sealed.sheet-title"), s.t("role.administrator")
		return f, SealedSheet{Zone: sampleZone, Number: "3", Date: "16 november", Lasts: "1 uur", Where: "alarm.example.org/sign-in/code", Back: "/looks/entries",
			Codes: []string{"K7WN-2XHA-P4RT", "3CDE-9FHJ-KMNP", "RTVW-XY23-4567"}}
	}
	return f, nil
}

func (s sample) account(touch Touch) Account {
	since, used := s.t("access.since"), s.t("access.used")
	return Account{Touch: touch, Mailbox: true, EndOthers: "/x", Name: Field{Name: "name", Label: s.t("access.key-name"), Hint: s.t("access.key-name-hint"), Value: "Firefox, Windows"},
		Passkeys: []AccountLine{{Name: "Telefoon", Facts: []Fact{{since, "maandag 9.00 uur"}, {used, "vandaag 8.02 uur"}}, Act: "/x"},
			{Name: "Sleutelhanger", Facts: []Fact{{since, "maandag 9.05 uur"}, {used, s.t("access.never")}}, Doubt: s.t("access.doubted"), Act: "/x"}},
		Others: []AccountLine{{Name: "Politie Vlierbeek", Facts: []Fact{{since, "maandag 9.00 uur"}, {used, "gisteren 17.40 uur"}}, Act: "/x"}},
		Sessions: []AccountLine{{Name: "Firefox, Windows", Here: true, Facts: []Fact{{s.t("access.in-since"), "vandaag 8.02 uur"}, {s.t("access.how"), s.t("access.how-passkey")}, {s.t("access.from"), s.t("access.from-local")}}},
			{Name: "Chrome, Android", Facts: []Fact{{s.t("access.in-since"), "gisteren 21.15 uur"}, {s.t("access.how"), s.t("access.how-link")}, {s.t("access.from"), "198.51.…"}}, Act: "/x"}}}
}
