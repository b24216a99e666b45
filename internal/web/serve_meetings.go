package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// meetingRoutes are the calendar of a network, and what a guest sees behind the link of an invitation: GET shows, POST answers.
func (s *Server) meetingRoutes() []route {
	return []route{
		{method: "GET", path: "/calendar", may: buurtbel.MaySeeNames, handler: (*visit).calendar},
		{method: "GET", path: "/calendar/new", may: buurtbel.MaySeeNames, handler: (*visit).meetingNew},
		{method: "POST", path: "/calendar/new", may: buurtbel.MaySeeNames, handler: (*visit).meetingMake},
		{method: "GET", path: "/calendar/{meeting}", may: buurtbel.MaySeeNames, handler: (*visit).meeting},
		{method: "POST", path: "/calendar/{meeting}", may: buurtbel.MaySeeNames, handler: (*visit).meetingDo},
		{method: "GET", path: "/calendar/{meeting}/meeting.ics", may: buurtbel.MaySeeNames, handler: (*visit).meetingFile},
		{method: "GET", path: "/calendar/{meeting}/attendance", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).attendance},
		{method: "POST", path: "/calendar/{meeting}/attendance", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).attendanceDo},
		{method: "POST", path: "/calendar/{meeting}/sheet", may: buurtbel.MaySeeNames, proof: proofAlways, handler: (*visit).attendanceSheet},
		{method: "GET", path: "/me/calendar", own: true, handler: selfish((*visit).meCalendar)},
		{method: "POST", path: "/me/calendar/{meeting}", own: true, handler: selfish((*visit).meAnswer)},
		{method: "GET", path: "/me/calendar/{meeting}/meeting.ics", own: true, handler: selfish((*visit).meEvent)},
		{method: "GET", path: "/meeting/{token}", open: true, handler: (*visit).meetingInvitation},
		{method: "POST", path: "/meeting/{token}", open: true, handler: (*visit).invitationAnswer},
		{method: "GET", path: "/meeting/{token}/meeting.ics", open: true, handler: (*visit).invitationFile},
	}
}

func (v *visit) calendar() error {
	networks, err := v.named()
	if err != nil {
		return err
	}
	view := Calendar{}
	for _, n := range networks {
		meetings, err := governing.Calendar(v.r.Context(), v.s.o.DB, v.actor, v.zone, n.ID)
		if err != nil {
			return err
		}
		one := CalendarNetwork{Name: n.Name, New: "/calendar/new?network=" + n.ID.String()}
		for _, m := range meetings {
			if m.Until.After(v.now) {
				one.Coming = append(one.Coming, v.meetingLine(m))
			} else {
				one.Past = slices.Insert(one.Past, 0, v.meetingLine(m))
			}
		}
		view.Networks = append(view.Networks, one)
	}
	return v.respond(http.StatusOK, v.frame(v.t("screen.meeting.calendar"), Calm), view)
}

func (v *visit) meetingLine(m store.Meeting) MeetingLine {
	l := MeetingLine{Title: m.Title, Href: "/calendar/" + m.ID.String(), When: v.meetingWhen(m, v.place()), Where: m.Place}
	switch {
	case !m.Cancelled.IsZero():
		l.Note = v.t("screen.meeting.cancelled")
	case m.Message != 0:
		l.Note = v.t("screen.meeting.coming", "Yes", m.Yes, "No", m.No)
	case m.Until.After(v.now):
		l.Note = v.t("screen.meeting.not-invited")
	}
	return l
}

func (v *visit) meetingWhen(m store.Meeting, loc *time.Location) string {
	return v.t("screen.meeting.when", "Date", locale.Date(v.lang, m.From, loc), "From", locale.Clock(v.lang, m.From, loc), "Until", locale.Clock(v.lang, m.Until, loc))
}

func (v *visit) meetingNetwork() (*buurtbel.Network, error) {
	id, err := buurtbel.ParseID(v.r.FormValue("network"))
	if err != nil {
		return nil, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	networks, err := v.networksByID()
	if err == nil && networks[id] == nil {
		err = buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil)
	}
	if err == nil {
		err = v.actor.May(buurtbel.MaySeeNames, buurtbel.Scope{Zone: v.zone, Network: id}, v.now)
	}
	return networks[id], err
}

func (v *visit) meetingNew() error {
	n, err := v.meetingNetwork()
	if err != nil {
		return err
	}
	return v.meetingForm(n, http.StatusOK, nil)
}

func (v *visit) meetingForm(n *buurtbel.Network, status int, wrong error) error {
	field := func(name, kind, value string) Field {
		if typed := plain(v.r.PostFormValue(name)); typed != "" {
			value = typed
		}
		return Field{Name: name, Label: v.t("screen.meeting." + name), Type: kind, Value: value, Auto: "off"}
	}
	view := MeetingNew{Network: n.Name, NetworkID: n.ID.String(), Title: field("title", "", ""), Place: field("place", "", ""), Day: field("day", "date", ""),
		From: field("from", "time", "20:00"), Until: field("until", "time", "22:00")}
	for _, k := range governing.MeetingKinds {
		view.Kinds = append(view.Kinds, Option{ID: k, Words: v.t("screen.meeting.kind-" + k), Chosen: v.r.PostFormValue("kind") == k})
	}
	for _, k := range governing.MeetingInvites {
		view.Invites = append(view.Invites, Option{ID: k, Words: v.t("screen.meeting.invites-" + k), Chosen: v.r.PostFormValue("invites") == k})
	}
	f := v.frame(v.t("screen.meeting.new"), Calm)
	f.Path = "/calendar"
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

func (v *visit) meetingMake() error {
	if err := v.form(); err != nil {
		return err
	}
	n, err := v.meetingNetwork()
	if err != nil {
		return err
	}
	m := store.Meeting{Network: n.ID, Kind: v.r.PostFormValue("kind"), Invites: v.r.PostFormValue("invites")}
	m, err = v.meetingTyped(m)
	var id buurtbel.ID
	if err == nil {
		id, err = governing.NewMeeting(v.r.Context(), v.s.o.DB, v.actor, v.zone, m)
	}
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.meetingForm(n, statusOf(buurtbel.Invalid), err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/calendar/" + id.String())
}

// meetingTyped reads what is typed of a meeting into it.
func (v *visit) meetingTyped(m store.Meeting) (store.Meeting, error) {
	var err error
	if m.Title, err = v.typed("title", 120); err == nil {
		m.Place, err = v.typed("place", 200)
	}
	if err == nil {
		m.From, m.Until, err = v.meetingTimes()
	}
	return m, err
}

// meetingTimes reads day and hours in the zone's own time; an end before the beginning is on the next day.
func (v *visit) meetingTimes() (from, until time.Time, err error) {
	day, err := v.day("day")
	if err != nil || day.IsZero() {
		return from, until, buurtbel.Fail(buurtbel.Invalid, "error.meeting.time", nil)
	}
	at := func(name string) (time.Time, error) {
		clock, err := time.Parse("15:04", v.r.PostFormValue(name))
		if err != nil {
			return time.Time{}, buurtbel.Fail(buurtbel.Invalid, "error.meeting.time", nil)
		}
		return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, day.Location()), nil
	}
	if from, err = at("from"); err == nil {
		until, err = at("until")
	}
	if err == nil && until.Before(from) {
		until = until.AddDate(0, 0, 1)
	}
	return from, until, err
}

func (v *visit) meetingOf() (store.Meeting, error) {
	id, err := v.id("meeting")
	if err != nil {
		return store.Meeting{}, err
	}
	return governing.OneMeeting(v.r.Context(), v.s.o.DB, v.actor, v.zone, id)
}

func (v *visit) meeting() error { return v.meetingPage(http.StatusOK, nil) }

func (v *visit) meetingPage(status int, wrong error) error {
	m, err := v.meetingOf()
	if err != nil {
		return err
	}
	loc := v.place()
	view := MeetingPage{Title: m.Title, Action: "/calendar/" + m.ID.String(), Calendar: "/calendar/" + m.ID.String() + "/meeting.ics", Began: !m.From.After(v.now) && m.Cancelled.IsZero()}
	view.Facts = []Fact{{v.t("screen.meeting.kind"), v.t("screen.meeting.kind-" + m.Kind)}, {v.t("screen.meeting.day"), v.meetingWhen(m, loc)}}
	if m.Place != "" {
		view.Facts = append(view.Facts, Fact{v.t("screen.meeting.place"), m.Place})
	}
	view.Facts = append(view.Facts, Fact{v.t("screen.meeting.invites"), v.t("screen.meeting.invites-" + m.Invites)})
	if err := v.meetingTold(&view, m); err != nil {
		return err
	}
	if m.Cancelled.IsZero() {
		view.Attendance = "/calendar/" + m.ID.String() + "/attendance"
	}
	switch {
	case !m.Cancelled.IsZero():
		view.Facts = append(view.Facts, Fact{v.t("screen.members.state"), v.t("screen.meeting.cancelled")})
	case m.From.After(v.now):
		view.Cancel, view.Move = v.t("screen.meeting.cancel-means"), v.meetingMove(m, loc, wrong != nil)
		if m.Message == 0 {
			view.Invite, view.Cancel = v.t("screen.meeting.invite"), v.t("screen.meeting.move-quiet")
		}
	}
	if err := v.meetingMinutes(&view, m); err != nil {
		return err
	}
	f := v.frame(m.Title, Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	if said := v.r.URL.Query().Get("said"); v.r.Method == http.MethodGet && slices.Contains([]string{"invite", "cancel", "minutes", "confirm", "move", "attendance"}, said) {
		f.Status = v.t("screen.meeting.said-" + said)
	}
	return v.respond(status, f, view)
}

// freeVotes is how many questions can be added at once.
const freeVotes = 2

func (v *visit) meetingMinutes(view *MeetingPage, m store.Meeting) error {
	if !view.Began {
		return nil
	}
	count := func(name, label string, n int, typed bool) Field {
		f := Field{Name: name, Label: v.t("screen.meeting." + label), Mode: "numeric", Auto: "off"}
		if typed {
			f.Value = strconv.Itoa(n)
		}
		return f
	}
	view.Attended = count("attended", "attended", m.Attended, m.Attended > 0)
	if m.There > 0 {
		view.Attended.Hint = v.t("screen.meeting.by-name", "Count", m.There)
	}
	view.Minutes = Field{Name: "minutes", Label: v.t("screen.meeting.minutes"), Hint: v.t("screen.meeting.minutes-hint"), Rows: 10, Value: m.Minutes}
	for i := range len(m.Votes) + freeVotes {
		var vote store.MeetingVote
		if i < len(m.Votes) {
			vote = m.Votes[i]
		}
		n, typed := strconv.Itoa(i), i < len(m.Votes)
		view.Votes = append(view.Votes, MeetingVoteForm{Question: Field{Name: "question-" + n, Label: v.t("screen.meeting.question", "Number", i+1), Value: vote.Question, Auto: "off"},
			Yes: count("yes-"+n, "votes-yes", vote.Yes, typed), No: count("no-"+n, "votes-no", vote.No, typed), Blank: count("blank-"+n, "votes-blank", vote.Blank, typed)})
	}
	if m.Kind != "members" || m.Minutes == "" {
		return nil
	}
	held, err := governing.Mandates(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, func(h governing.Held) bool { return h.Confirm && h.Network == m.Network })
	for _, h := range held {
		view.Confirm = append(view.Confirm, Option{ID: h.ID.String(), Words: v.t("screen.role." + string(h.Role)), Note: h.Name})
	}
	return err
}

func (v *visit) meetingDo() error {
	m, err := v.meetingOf()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	ctx, db, do := v.r.Context(), v.s.o.DB, v.r.PostFormValue("do")
	switch do {
	case "invite":
		err = governing.Invite(ctx, db, v.actor, v.zone, m.ID)
	case "cancel":
		err = governing.CancelMeeting(ctx, db, v.actor, v.zone, m.ID)
	case "move":
		to := m
		if to, err = v.meetingTyped(to); err == nil {
			err = governing.MoveMeeting(ctx, db, v.actor, v.zone, to)
		}
	case "minutes":
		if m, err = v.minutesTyped(m); err == nil {
			err = governing.WriteMinutes(ctx, db, v.actor, v.zone, m)
		}
	case "confirm":
		err = v.confirmFrom(m)
	default:
		err = buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return v.meetingPage(statusOf(kind), err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/calendar/" + m.ID.String() + "?said=" + do)
}

// confirmFrom confirms a mandate from the minutes of a members' meeting that was held.
func (v *visit) confirmFrom(m store.Meeting) error {
	mandate, err := buurtbel.ParseID(v.r.PostFormValue("mandate"))
	if err != nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.mandate.unknown", nil)
	}
	if m.Kind != "members" || m.Minutes == "" || !m.Cancelled.IsZero() || m.From.After(v.now) {
		return buurtbel.Fail(buurtbel.Conflict, "error.meeting.early", nil)
	}
	return governing.Confirm(v.r.Context(), v.s.o.DB, v.actor, v.zone, mandate, m.From, v.t("screen.meeting.minutes-of", "Title", m.Title, "Date", locale.Date(v.lang, m.From, v.place())))
}

func (v *visit) minutesTyped(m store.Meeting) (store.Meeting, error) {
	var err error
	if m.Minutes, err = v.typed("minutes", 20_000); err != nil {
		return m, err
	}
	number := func(name string) int {
		text := v.r.PostFormValue(name)
		n, bad := strconv.Atoi(text)
		if text != "" && (bad != nil || n < 0 || n > 100_000) {
			err = buurtbel.Fail(buurtbel.Invalid, "error.meeting.votes", nil)
		}
		return n
	}
	m.Attended, m.Votes = number("attended"), nil
	for i := range 20 {
		question, wrong := v.typed(fmt.Sprint("question-", i), 300)
		if wrong != nil {
			return m, wrong
		}
		if question != "" {
			m.Votes = append(m.Votes, store.MeetingVote{Question: question, Yes: number(fmt.Sprint("yes-", i)), No: number(fmt.Sprint("no-", i)), Blank: number(fmt.Sprint("blank-", i))})
		}
	}
	return m, err
}

func (v *visit) meetingFile() error {
	m, err := v.meetingOf()
	if err != nil {
		return err
	}
	networks, err := v.networksByID()
	if err != nil {
		return err
	}
	source := ""
	if n := networks[m.Network]; n != nil {
		source = n.Name
	}
	return v.icalendar(m, source)
}

func (v *visit) icalendar(m store.Meeting, source string) error {
	e := governing.MeetingEvent(m, source, v.now)
	v.w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="meeting.ics"`)
	_, err := v.w.Write([]byte(e.String()))
	return err
}
