package web

import (
	"net/http"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/joining"
)

// shownOn takes a browser's word that it shows a message. Nobody signs in: the delivery's own signed link is the right. A second time changes nothing.
func (v *visit) shownOn() error {
	link, err := v.link()
	if err != nil {
		return err
	}
	if v.s.o.Shown == nil {
		return buurtbel.Fail(buurtbel.NotFound, "error.kind.not-found", nil)
	}
	delivery, err := joining.ShownOn(v.r.Context(), v.s.o.DB, link)
	if err != nil {
		return err
	}
	if err := v.s.o.Shown(v.r.Context(), delivery); err != nil {
		return err
	}
	return v.json(http.StatusOK, map[string]string{})
}
