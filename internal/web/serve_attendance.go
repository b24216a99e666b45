package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/paper"
	"github.com/buurtbel/buurtbel/internal/store"
)

// meetingTold says on the page of a meeting who answered and by what those are reached who were invited.
func (v *visit) meetingTold(view *MeetingPage, m store.Meeting) error {
	if m.Message == 0 {
		return nil
	}
	view.Facts = append(view.Facts, Fact{v.t("screen.meeting.answers"), v.t("screen.meeting.coming", "Yes", m.Yes, "No", m.No)})
	var told store.MeetingTold
	if err := v.read(func(tx *store.Tx) (err error) {
		letters, err := tx.Invitations(m.ID)
		for _, letter := range letters {
			if err != nil {
				return err
			}
			var one store.MeetingTold
			one, err = tx.MeetingTold(letter)
			told = store.MeetingTold{Mails: told.Mails + one.Mails, Texts: told.Texts + one.Texts, Nobody: told.Nobody + one.Nobody}
		}
		return err
	}); err != nil {
		return err
	}
	var words []string
	for _, part := range []struct {
		key string
		n   int
	}{{"mails", told.Mails}, {"texts", told.Texts}, {"nobody", told.Nobody}} {
		if part.n > 0 {
			words = append(words, v.t("screen.meeting.told-"+part.key, "Count", part.n))
		}
	}
	if len(words) > 0 {
		view.Facts = append(view.Facts, Fact{v.t("screen.meeting.told"), strings.Join(words, ", ")})
	}
	return nil
}

// meetingMove is the form that changes a meeting, as it is now or as it was just typed.
func (v *visit) meetingMove(m store.Meeting, loc *time.Location, wrong bool) *MeetingMove {
	typed := wrong && v.r.PostFormValue("do") == "move"
	field := func(name, kind, value string) Field {
		if typed {
			value = plain(v.r.PostFormValue(name))
		}
		return Field{Name: name, Label: v.t("screen.meeting." + name), Type: kind, Value: value, Auto: "off"}
	}
	out := &MeetingMove{Title: field("title", "", m.Title), Place: field("place", "", m.Place), Day: field("day", "date", m.From.In(loc).Format(time.DateOnly)),
		From: field("from", "time", m.From.In(loc).Format("15:04")), Until: field("until", "time", m.Until.In(loc).Format("15:04")), Means: v.t("screen.meeting.move-means"), Open: typed}
	if m.Message == 0 {
		out.Means = v.t("screen.meeting.move-quiet")
	}
	return out
}

func (v *visit) attendance() error { return v.attendancePage(http.StatusOK, nil) }

// attendancePage opens the names of who may be at a meeting, or asks an official why; wrong is what was wrong with the last step.
func (v *visit) attendancePage(status int, wrong error) error {
	m, err := v.meetingOf()
	if err != nil {
		return err
	}
	why, ok, err := v.why(m.Network, governing.ForAttendance)
	if err != nil && buurtbel.KindOf(err) != buurtbel.Invalid {
		return err
	}
	if err != nil && wrong == nil {
		status, wrong = statusOf(buurtbel.Invalid), err
	}
	base := "/calendar/" + m.ID.String()
	view := AttendancePage{Title: m.Title, Action: base + "/attendance", Print: base + "/sheet", Back: base, Asks: !ok, Official: !v.coordinator(m.Network), Early: m.From.After(v.now),
		Reason: Field{Name: "reason", Label: v.t("screen.names.reason"), Hint: v.t("screen.names.reason-hint"), Value: plain(v.r.PostFormValue("reason"))},
		Kept:   v.t("screen.meeting.attendance-kept", "Count", v.s.o.Periods.TextDays())}
	if ok {
		list, err := governing.OpenAttendance(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, m.ID, governing.ForAttendance, why)
		if err != nil {
			return err
		}
		view.Others = Field{Name: "others", Label: v.t("screen.meeting.attendance-others"), Mode: "numeric", Auto: "off", Value: strconv.Itoa(list.Others)}
		for _, p := range list.People {
			line := AttendanceLine{ID: p.Person.String(), Name: attendeeName(p), There: p.There}
			if p.Officer {
				line.Note = v.t("screen.role.officer")
			}
			view.People = append(view.People, line)
		}
	}
	f := v.frame(v.t("screen.meeting.attendance"), Calm)
	f.Path = view.Action
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, view)
}

// attendeeName is a name as a list by family name has it.
func attendeeName(p governing.Attendee) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(p.Family)+", "+strings.TrimSpace(p.Given), ", "), ", ")
}

// attendanceDo opens the names for an official who says why, or keeps who came.
func (v *visit) attendanceDo() error {
	m, err := v.meetingOf()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	if v.r.PostFormValue("do") != "keep" {
		return v.attendancePage(http.StatusOK, nil)
	}
	others, err := strconv.Atoi(strings.TrimSpace(v.r.PostFormValue("others")))
	if text := strings.TrimSpace(v.r.PostFormValue("others")); text == "" {
		err = nil
	}
	if err != nil || others < 0 || others > 100_000 {
		return v.attendancePage(statusOf(buurtbel.Invalid), buurtbel.Fail(buurtbel.Invalid, "error.meeting.count", nil))
	}
	var people []buurtbel.ID
	for _, text := range v.r.PostForm["person"] {
		id, err := buurtbel.ParseID(text)
		if err != nil {
			return buurtbel.Fail(buurtbel.NotFound, "error.person.unknown", nil)
		}
		people = append(people, id)
	}
	err = governing.MarkAttendance(v.r.Context(), v.s.o.DB, v.actor, v.zone, m.ID, people, others)
	if kind := buurtbel.KindOf(err); err != nil && (kind == buurtbel.Invalid || kind == buurtbel.Conflict) {
		return v.attendancePage(statusOf(kind), err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/calendar/" + m.ID.String() + "?said=attendance")
}

// freeRows is how many rows of a list to sign are left for who is not on it.
const freeRows = 8

// attendanceSheet answers with a list to sign: names, and nothing else of anybody.
func (v *visit) attendanceSheet() error {
	m, err := v.meetingOf()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	why, _, err := v.why(m.Network, governing.ForAttendancePrint)
	if err != nil && buurtbel.KindOf(err) == buurtbel.Invalid {
		return v.attendancePage(statusOf(buurtbel.Invalid), err)
	}
	if err != nil {
		return err
	}
	list, err := governing.OpenAttendance(v.r.Context(), v.s.o.DB, v.actor, v.roleFirst(), v.zone, m.ID, governing.ForAttendancePrint, why)
	if err != nil {
		return err
	}
	s := paper.Sheet{From: []string{list.Network.Name}, Date: v.meetingWhen(m, v.place()), Title: v.t("screen.meeting.sheet-title", "Title", m.Title), Language: string(v.lang),
		Parts: []paper.Part{{Text: v.t("screen.meeting.sheet-means")}}}
	for _, p := range list.People {
		s.Parts = append(s.Parts, paper.Part{Text: attendeeName(p), Size: paper.Roll})
	}
	s.Parts = append(s.Parts, paper.Part{Text: v.t("screen.meeting.sheet-more"), Size: paper.Heading})
	for range freeRows {
		s.Parts = append(s.Parts, paper.Part{Text: " ", Size: paper.Roll})
	}
	return v.pdf("attendance", s)
}
