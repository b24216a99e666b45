package web

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
)

// check is the public page of codes, before and after one was typed.
func (s sample) check(f Frame, name string) (Frame, Page) {
	f.Title, f.Shape, f.Places, f.Person, f.HandOver, f.SignOut, f.Zone = s.t("check.title"), Bare, nil, "", "", "", ""
	v := Code{Action: "/looks/check", Code: Field{Name: "code", Label: s.t("check.code"), Hint: s.t("check.hint"), Auto: "off"}}
	at := time.Date(2026, 11, 3, 14, 5, 0, 0, time.UTC)
	switch name {
	case "check-real":
		v.Asked, v.Real, v.Drill, v.Code.Value = "K7M-4P9", true, s.exercise, "K7M-4P9"
		v.Says = locale.Verdict{Source: sampleZone, At: at, Exercise: s.exercise}.Sentences(s.lang, at.Add(time.Hour))
	case "check-unknown":
		v.Asked, v.Code.Value = "K7M-4P8", "K7M-4P8"
		v.Says = []string{locale.Text(s.lang, "message.check.unknown", buurtbel.Args{"Line": "02 000 00 01"})}
	}
	return f, v
}
