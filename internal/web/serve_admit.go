package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/entering"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// admitRoutes are for who admits people: who may sign in, invitations, ending sessions, sealed codes for the dispatch room.
func (s *Server) admitRoutes() []route {
	return []route{
		{method: "GET", path: "/entries", may: buurtbel.MayAdmit, handler: (*visit).entries},
		{method: "POST", path: "/entries/codes", may: buurtbel.MayAdmit, proof: proofAlways, handler: (*visit).makeCodes},
		{method: "POST", path: "/entries/{person}/invite", may: buurtbel.MayAdmit, proof: proofAlways, handler: (*visit).invite},
		{method: "POST", path: "/entries/{person}/end", may: buurtbel.MayAdmit, handler: (*visit).endEntries},
	}
}

func (v *visit) entries() error { return v.entriesPage("") }

func (v *visit) entriesPage(told string) error {
	list, err := v.s.o.Entry.Entries(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	set, err := v.s.o.Entry.SealedSet(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	loc, err := v.clock()
	if err != nil {
		return err
	}
	view := Entries{Make: "/entries/codes"}
	if set != nil {
		view.Set = []Fact{{v.t("screen.sealed.set"), strconv.Itoa(set.Number)}, {v.t("screen.sealed.made"), locale.When(v.lang, set.Made, v.now, loc)},
			{v.t("screen.sealed.left"), v.t("screen.sealed.left-of", "Left", strconv.Itoa(set.Size-set.Used), "Total", strconv.Itoa(set.Size))}}
	}
	for _, e := range list {
		at := "/entries/" + e.Person.String()
		line := EntryLine{Name: e.Name, Sessions: e.Sessions, Passkeys: e.Passkeys, Invite: at + "/invite", End: at + "/end"}
		if e.Member {
			line.Name = v.t("screen.access.citizen")
		}
		var roles []string
		for i, r := range e.Roles {
			words := v.t("screen.role." + string(r))
			if e.Where[i] != "" {
				words += " · " + e.Where[i]
			}
			roles = append(roles, words)
		}
		line.Roles = strings.Join(roles, ", ")
		view.Lines = append(view.Lines, line)
	}
	f := v.frame(v.t("screen.entries.title"), Calm)
	f.Path, f.Status = "/entries", told
	return v.respond(http.StatusOK, f, view)
}

func (v *visit) invite() error {
	id, err := v.id("person")
	if err != nil {
		return err
	}
	if err := v.s.o.Entry.Invite(v.r.Context(), v.actor, v.zone, id); err != nil {
		return err
	}
	return v.entriesPage(v.t("screen.entries.invited", "Lasts", locale.Span(v.lang, entering.LinkLasts)))
}

func (v *visit) endEntries() error {
	id, err := v.id("person")
	if err != nil {
		return err
	}
	n, err := v.s.o.Entry.EndAll(v.r.Context(), v.actor, v.zone, id)
	if err != nil {
		return err
	}
	return v.entriesPage(v.t("screen.entries.ended", "Count", int(n)))
}

// makeCodes makes a new set and shows it to be printed. The codes are on this page only.
func (v *visit) makeCodes() error {
	made, err := v.s.o.Entry.MakeSealed(v.r.Context(), v.actor, v.zone)
	if err != nil {
		return err
	}
	loc, err := v.clock()
	if err != nil {
		return err
	}
	view := SealedSheet{Number: strconv.Itoa(made.Number), Date: locale.When(v.lang, made.Made, v.now, loc), Lasts: locale.Span(v.lang, entering.SealedLasts), Codes: made.Codes,
		Where: strings.TrimPrefix(strings.TrimPrefix(v.s.o.Link, "https://"), "http://") + "/sign-in/code", Back: "/entries"}
	err = v.read(func(tx *store.Tx) error {
		z, err := tx.Zone()
		if err == nil {
			view.Zone = z.Name
		}
		return err
	})
	if err != nil {
		return err
	}
	f := v.frame(v.t("screen.sealed.sheet-title"), Calm)
	f.Path = "/entries"
	return v.respond(http.StatusOK, f, view)
}
