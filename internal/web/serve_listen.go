package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/buurtbel/buurtbel"
)

// listen lets the dispatcher hear the call before it goes out, in the language of the networks chosen. It changes nothing; it is a POST
// because the text comes with it.
func (v *visit) listen() error {
	if v.s.o.Say == nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.voice.no-calls", nil)
	}
	if err := v.form(); err != nil {
		return err
	}
	d, err := v.drafting(readForm(v.r.PostForm), false)
	if err != nil {
		return err
	}
	if err := d.weigh(); err != nil {
		return err
	}
	spoken := d.spoken()
	if len(spoken) == 0 {
		return buurtbel.Fail(buurtbel.Invalid, "error.alert.text-empty", nil)
	}
	sound, err := v.s.o.Say(v.r.Context(), d.zone, spoken, d.form.exercise)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "audio/wav")
	h.Set("Content-Length", strconv.Itoa(len(sound)))
	h.Set("Content-Disposition", `inline; filename="oproep.wav"`)
	h.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'") // the browser's own player
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(sound)
	return err
}

// spoken is what a call says to the first of the networks chosen.
func (d *drafting) spoken() []buurtbel.Spoken {
	if d.check == nil || len(d.check.Wordings) == 0 {
		return nil
	}
	for _, n := range d.networks {
		if !slices.Contains(d.form.networks, n.ID) {
			continue
		}
		for _, w := range d.check.Wordings {
			if w.Regime == n.Regime.String() {
				return w.Spoken
			}
		}
	}
	return d.check.Wordings[0].Spoken
}
