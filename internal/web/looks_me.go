package web

// me is the own pages of an invented member, and what an office sees of the same.
func (s sample) me(name string) (Frame, Page) {
	f := s.frame()
	f.Shape, f.Title = Member, s.t("me.title")
	own := Mine{Base: "/looks/me"}
	if s.exercise { // the second variant of a page shows the office that acts for the member
		f.Shape = Full
		own = Mine{Base: "/looks/me", Asked: true, Whom: s.t("asked.whom", "Number", "48213", "Date", "3 mei 2024"), How: []Option{{"telephone", s.t("me.asked-telephone"), "", true}, {"paper", s.t("me.asked-paper"), "", false}}}
	}
	f.Mode = Calm
	switch name {
	case "me-in":
		return f, MeIn{Action: "/looks/me-code", Address: Field{Name: "address", Label: s.t("me-in.address"), Hint: s.t("me-in.hint"), Auto: "off"}}
	case "me-night":
		return f, MeIn{Action: "/looks/me-code", Night: "02 000 01 13"}
	case "me-code":
		return f, MeIn{Action: "/looks/me-in", Asking: "x", Call: s.exercise, Code: Field{Name: "code", Label: s.t("me-in.code"), Hint: s.t("me-in.code-hint"), Mode: "numeric", Error: s.own("error.own.code")}}
	case "me-wishes":
		return f, s.meWishes(own)
	case "me-contacts":
		return f, MeContacts{Mine: own, List: []MeContact{{"1", s.t("me.kind-mobile"), "phone", "0455 00 00 11", s.t("me.for-mobile"), "", false, false, true, ""}, {"2", s.t("me.kind-fixed"), "phone", "02 000 01 13", s.t("me.for-fixed"), s.t("me.contact-stopped"), true, true, true, ""},
			{"3", s.t("me.kind-mailbox"), "mail", "marie-christine.vandenbroucke@example.org", s.t("me.for-mailbox"), s.t("me.contact-unproved"), true, false, true, "/looks/me-prove"}}, Add: "/looks/me-add", Mails: s.mails()}
	case "me-contacts-sure":
		c := MeContact{ID: "1", Kind: s.t("me.kind-mobile"), Address: "0455 00 00 11"}
		return f, MeContacts{Mine: own, Sure: &c, Last: true}
	case "me-add":
		return f, MeAdd{Mine: own, Address: Field{Name: "address", Label: s.t("me.add-address"), Hint: s.t("me.add-hint"), Auto: "off", Error: s.own("error.own.address")}}
	case "me-prove":
		return f, MeProve{Mine: own, Action: "/x", Kind: s.t("me.kind-mobile"), Address: "0455 00 00 12", Ways: []Option{{"sms", s.t("join.send-sms"), "", false}, {"voice", s.t("join.send-voice"), "", false}},
			Code: Field{Name: "code", Label: s.t("join.code"), Auto: "one-time-code", Mode: "numeric", Error: s.own("error.proof.wrong")}}
	case "me-home":
		return f, MeHome{Mine: own, Invited: "https://alarm.example.org/household/Zk3", Leave: "/looks/join-verify",
			Mailbox: Field{Name: "mailbox", Label: s.t("join.invite-mailbox"), Hint: s.t("join.invite-hint"), Type: "email", Auto: "off"}}
	case "me-away":
		return f, MeAway{Mine: own, Now: s.t("me.away-now", "From", "1 december 2026", "Until", "9 december 2026"), From: Field{Name: "from", Label: s.t("me.away-from"), Type: "date", Value: "2026-12-01"}, Until: Field{Name: "until", Label: s.t("me.away-to"), Type: "date", Value: "2026-12-09", Error: s.own("error.own.away")}}
	case "me-reading":
		return f, MeReading{Mine: own, Languages: []Option{{"nl", s.t("language.own.nl"), "", true}, {"fr", s.t("language.own.fr"), "", false}},
			Ways: []Option{{"all", s.t("me.all-ways"), "", true}, {"text", s.t("me.text-only"), s.t("me.text-only-means"), false}, {"voice", s.t("me.voice-only"), s.t("me.voice-only-means"), false}},
			Also: []Option{{"slower", s.t("me.slower"), "", false}, {"large", s.t("me.large"), "", true}, {"exercises", s.t("me.exercises"), s.t("me.exercises-means"), true}, {"tree", s.t("me.tree"), s.t("me.tree-means"), false}}}
	case "me-messages":
		return f, MeMessages{Mine: own, List: []MeMessage{{When: "vandaag 02.14 uur", From: "Politiezone Kerkveld", Kind: s.t("me.kind-of-launch"), Text: "Er is nu een inbraak bezig in de Kerkstraat. Blijf binnen.", Ways: []MeWay{{s.t("me.channel-sms"), "delivered", ""}, {s.t("me.channel-voice"), "failed", s.t("reason.no-answer")}}, Heard: s.t("heard.said-at", "When", "02.15 uur"), Open: true}}}
	case "me-data":
		return f, s.meData(own)
	case "me-looks":
		return f, MeLooks{Mine: own, List: []MeLook{{"gisteren 14.05 uur", s.t("role.officer"), "Bellen na het bericht van gisteren", s.t("me.looks-many", "Count", 12)}, {"3 mei 2026", s.t("role.coordinator"), s.t("me.purpose-phone-tree"), ""}}}
	case "me-leave":
		return f, MeSure{Mine: own, Title: s.t("me.leave"), Lead: s.t("me.leave-lead"), Says: []string{s.t("me.leave-one"), s.t("me.leave-two"), s.t("me.leave-three"), s.t("me.leave-four", "Count", 30)}, Action: "/looks/me-done", Words: s.t("me.leave-do"), Back: "/looks/me", Tick: s.t("me.leave-tick"), Wrong: s.t("me.tick-first"), Other: "/looks/me-wishes", OtherWords: s.t("me.leave-other")}
	case "me-done":
		return f, MeDone{Title: s.t("me.left-title"), Says: []string{s.t("me.left-now", "Count", 30)}}
	}
	page := Me{Mine: own, Hello: s.t("me.hello", "Name", "Marie"), Network: "BIN Kerkveld", Moving: s.t("me.moving-waits")}
	for _, l := range []struct{ page, icon, now string }{{"wishes", "clock", s.t("me.night-now", "From", "22.30 uur", "Until", "7 uur")}, {"contacts", "phone", s.t("me.contacts-count", "Count", 3)}, {"away", "moon", s.t("me.away-not")},
		{"messages", "message-square", s.t("me.messages-now")}, {"data", "file-text", s.t("me.data-now")}, {"looks", "eye", s.t("me.looks-now")}, {"leave", "arrow-right", s.t("me.leave-now")}} {
		page.Lines = append(page.Lines, MeLine{"/looks/me-" + l.page, l.icon, s.t("me." + l.page), l.now})
	}
	return f, page
}

func (s sample) meWishes(own Mine) MeWishes {
	page := MeWishes{Mine: own, From: Field{Name: "from", Label: s.t("me.night-from"), Value: "22:30"}, Until: Field{Name: "until", Label: s.t("me.night-until"), Value: "07:00"}}
	for _, u := range urgencies {
		one := MeUrgency{ID: string(u), Title: s.t("me.urgency-" + string(u)), Means: s.t("me.means-" + string(u))}
		for _, w := range meWays {
			one.Night = append(one.Night, Option{ID: w.key, Words: s.t("me.pick-" + w.key), Chosen: w.key == "text"})
		}
		one.Day = one.Night[:3]
		page.Urgencies = append(page.Urgencies, one)
	}
	return page
}

func (s sample) meData(own Mine) MeData {
	page := MeData{Mine: own, Keep: s.t("me.keep", "Count", 30), Given: Field{Name: "given", Label: s.t("me.given"), Value: "Marie"}, Family: Field{Name: "family", Label: s.t("me.family"), Value: "Wouters"}}
	if !own.Asked {
		page.Facts = []Fact{{s.t("me.name"), "Marie Wouters"}, {s.t("me.home"), "Kerkstraat 12, 9999 Kerkveld"}, {s.t("me.network"), "BIN Kerkveld"}}
	} else {
		page.Reason = Field{Name: "reason", Label: s.t("tree.reason"), Hint: s.t("tree.reason-hint")}
	}
	for _, name := range []string{"street", "number", "box", "postal", "municipality"} {
		page.Home = append(page.Home, Field{Name: name, Label: s.t("me." + name), Value: "1"})
	}
	page.Home[0].Error = s.own("error.own.home")
	return page
}

// keepPages are what is kept, and the register of breaches.
func (s sample) keepPages(name string) (Frame, Page) {
	f := s.frame()
	f.Role = s.t("role.officer")
	switch name {
	case "asked":
		f.Title = s.t("asked.title")
		return f, Asked{Networks: []AskedNetwork{{ID: "1", Name: "BIN Kerkveld", Chosen: true, Left: 2, Moves: 1, People: []AskedFound{{"Lies Wouters", "48213", ""}}, Moving: []AskedMove{{"3", "Jan Peeters", "Dorpstraat 3, 9998 Elders", s.t("asked.found-outside")}}}, {ID: "2", Name: "BIN Waterkant", Left: 1}},
			Part: Field{Name: "part", Label: s.t("tree.part"), Value: "wou"}, Why: Field{Name: "why", Label: s.t("tree.reason")}, Searched: true, Found: []AskedFound{{"Lies Wouters", "48213", "/looks/me"}}}
	case "keep":
		f.Title = s.t("keep.title")
		return f, Keep{Daily: s.t("keep.daily"), Lines: []KeepLine{{s.t("keep.members"), "/looks/keep-one", s.t("keep.while-member"), s.t("keep.nothing-due"), 1204}, {s.t("keep.deliveries"), "/looks/keep-one", s.t("keep.days", "Count", 400), "3 mei 2027", 88}}}
	case "keep-one":
		f.Title = s.t("keep.members")
		return f, KeepOne{Name: f.Title, Lead: s.t("keep.lead"), Paper: "/x", Back: "/looks/keep", Facts: []Fact{{s.t("keep.what"), s.t("keep.has-members")}, {s.t("keep.ground"), s.t("keep.ground-consent")}}}
	case "breaches":
		f.Title = s.t("breach.title")
		return f, Breaches{Explains: s.t("breach.lead"), Action: "/looks/breach", Noticed: Field{Name: "day", Label: s.t("breach.day"), Type: "date"}, At: Field{Name: "hour", Label: s.t("breach.hour"), Type: "time"},
			Fields: []Field{{Name: "what", Label: s.t("breach.what"), Hint: s.t("breach.what-hint"), Rows: 3}}, Lines: []BreachLine{{"/looks/breach", "Een lijst bleef in de trein liggen", "gisteren 14.05 uur", s.t("breach.left", "Span", s.t("breach.hours", "Count", 41, "Minutes", 12)), true}}}
	}
	f.Title = s.t("breach.one")
	choice := func(name string) BreachChoice {
		return BreachChoice{Name: name, Title: s.t("breach." + name), Options: []Option{{"", s.t("breach." + name + "-open"), "", true}, {"told", s.t("breach." + name + "-told"), "", false}, {"not", s.t("breach." + name + "-not"), "", false}}, Why: Field{Name: "why-" + name, Label: s.t("breach.why-" + name)}}
	}
	return f, BreachPage{Action: "/x", Back: "/looks/breaches", Left: s.t("breach.left", "Span", s.t("breach.hours", "Count", 41, "Minutes", 12)), Authority: "Toezicht", Facts: []Fact{{s.t("breach.noticed"), "gisteren 14.05 uur"}},
		Fields: []Field{{Name: "what", Label: s.t("breach.what"), Rows: 3, Value: "Een lijst bleef in de trein liggen"}}, Decisions: []BreachChoice{choice("authority"), choice("persons")}}
}
