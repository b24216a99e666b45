package web

import (
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/governing"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// invited reads the invitation behind the link of the path; NotFound when the link is about something else.
func (v *visit) invited() (*governing.Invitation, string, error) {
	link, err := v.link()
	if err != nil {
		return nil, "", err
	}
	i, err := governing.InvitationBehind(v.r.Context(), v.s.o.DB, link)
	if err == nil && i == nil {
		err = buurtbel.Fail(buurtbel.NotFound, "error.token.unknown", nil)
	}
	if err == nil && !v.chose {
		v.lang = i.Language
	}
	return i, link, err
}

func (v *visit) meetingInvitation() error {
	i, link, err := v.invited()
	if err != nil {
		return err
	}
	view := InvitationPage{Source: i.Network, Title: i.Title, When: v.meetingWhen(i.Meeting, i.At), Where: i.Place, Action: "/meeting/" + link, Calendar: "/meeting/" + link + "/meeting.ics"}
	switch {
	case !i.Cancelled.IsZero():
		view.Over = v.t("screen.meeting.cancelled")
	case i.Over:
		view.Over = v.t("screen.meeting.began")
	}
	if i.Answer != "" {
		view.Said = v.t("screen.meeting.you-" + i.Answer)
	}
	f := v.frame(i.Title, Calm)
	f.Shape = Member
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) invitationAnswer() error {
	link, err := v.link()
	if err == nil {
		err = v.form()
	}
	if err != nil {
		return err
	}
	answer := v.r.PostFormValue("answer")
	if answer != "yes" && answer != "no" {
		if _, _, err := v.invited(); err != nil {
			return err
		}
		return buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil)
	}
	if err := governing.AnswerInvitation(v.r.Context(), v.s.o.DB, link, answer == "yes"); err != nil {
		return err
	}
	return v.redirect("/meeting/" + link)
}

func (v *visit) invitationFile() error {
	i, _, err := v.invited()
	if err != nil {
		return err
	}
	return v.icalendar(i.Meeting, i.Network)
}

// meCalendar shows a member the meetings to come, on the own page: an answer and a file for the own calendar without a link, for who has no mailbox too.
func (v *visit) meCalendar(m mine) error { return v.meCalendarPage(m, http.StatusOK, nil) }

func (v *visit) meCalendarPage(m mine, status int, wrong error) error {
	s, err := v.self(m)
	if err != nil {
		return err
	}
	list, err := governing.OwnCalendar(v.r.Context(), v.s.o.DB, v.actor, v.zone)
	if err != nil {
		return err
	}
	page := MeCalendar{Mine: v.view(m, s)}
	for _, x := range list {
		action := "/me/calendar/" + x.ID.String()
		line := MeMeeting{ID: x.ID.String(), Title: x.Title, When: v.meetingWhen(x.Meeting, v.place()), Where: x.Place, Action: action, Calendar: action + "/meeting.ics"}
		switch {
		case !x.Cancelled.IsZero():
			line.Over = v.t("screen.meeting.cancelled")
		case !x.From.After(v.now):
			line.Over = v.t("screen.meeting.began")
		}
		if x.Answer != "" {
			line.Said = v.t("screen.meeting.you-" + x.Answer)
		}
		page.List = append(page.List, line)
	}
	f := v.meFrame(m, v.t("screen.me.calendar"))
	if wrong != nil {
		f.Problem = locale.Error(v.lang, wrong)
	}
	return v.respond(status, f, page)
}

func (v *visit) meAnswer(m mine) error {
	id, err := v.formOf("meeting")
	if err != nil {
		return err
	}
	if _, err := governing.OwnMeeting(v.r.Context(), v.s.o.DB, v.actor, v.zone, id); err != nil {
		return err
	}
	answer := v.r.PostFormValue("answer")
	if answer != "yes" && answer != "no" {
		return v.meCalendarPage(m, statusOf(buurtbel.Invalid), buurtbel.Fail(buurtbel.Invalid, "error.form.unreadable", nil))
	}
	err = governing.AnswerOwn(v.r.Context(), v.s.o.DB, v.actor, v.zone, id, answer == "yes")
	if err != nil && buurtbel.KindOf(err) == buurtbel.Conflict {
		return v.meCalendarPage(m, statusOf(buurtbel.Conflict), err)
	}
	if err != nil {
		return err
	}
	return v.redirect("/me/calendar?said=kept")
}

func (v *visit) meEvent(m mine) error {
	id, err := v.id("meeting")
	if err != nil {
		return err
	}
	x, err := governing.OwnMeeting(v.r.Context(), v.s.o.DB, v.actor, v.zone, id)
	if err != nil {
		return err
	}
	s, err := v.self(m)
	if err != nil {
		return err
	}
	network, _, err := v.meNetwork(s)
	if err != nil {
		return err
	}
	return v.icalendar(x.Meeting, network)
}
