package browser_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/push"
	"github.com/buurtbel/buurtbel/internal/joining"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/subscription"
	"github.com/buurtbel/buurtbel/internal/token"
)

// subscribes adds a browser of a member whose push service is at an address.
func (h *house) subscribes(member buurtbel.ID, endpoint string) subscription.Subscription {
	h.Helper()
	s, err := subscription.Parse(`{"endpoint":"` + endpoint + `","keys":{"p256dh":"BIPUL12DLfytvTajnryr2PRdAgXS3HGKiLqndGcJGabyhHheJYlNGCeXl1dn18gSJ1WAkAPIxr4gK0_dQds4yiI","auth":"FPssNDTKnInHVndSTdbKFw"}}`)
	if err != nil {
		h.Fatal(err)
	}
	link := token.SignUntil(h.app.DB.Ring(), token.Device, member, time.Now().Add(time.Hour))
	if _, err := joining.AddBrowser(h.Context(), h.app.DB, link, s.String(), h.url); err != nil {
		h.Fatal(err)
	}
	return s
}

// TestDeliveredBeforeHeard lets a push service take one message and say of another browser that it is gone. The first is delivered when the worker
// shows it and heard when the member taps; the second browser is erased at once. GET of the receipt's address changes nothing.
func TestDeliveredBeforeHeard(t *testing.T) {
	h := found(t, 60)
	var taken, refused atomic.Int64
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			refused.Add(1)
			w.WriteHeader(http.StatusGone)
			return
		}
		taken.Add(1)
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(service.Close)
	member, _ := h.member(kerkveld, buurtbel.Mailbox)
	kept := h.subscribes(member, service.URL+"/kept")
	lost := h.subscribes(member, service.URL+"/gone")
	alert := h.launch(kerkveld)
	h.until("one browser that is left", func() bool { return h.browsers(member) == 1 && taken.Load() == 1 })
	var places []store.DeliveryPlace
	h.look(func(tx *store.Tx) (err error) {
		holders, err := tx.HoldersOf(lost.String())
		if err != nil || len(holders) != 0 {
			t.Errorf("the address of a browser that is gone still leads to somebody: %d, %v", len(holders), err)
		}
		places, err = tx.LastDeliveriesTo(h.app.DB.AddressHash(kept.String()), time.Now().Add(-time.Hour))
		return err
	})
	if len(places) != 1 {
		t.Fatalf("%d deliveries to the browser that is left", len(places))
	}
	state := func(want buurtbel.DeliveryState) func() bool {
		return func() bool {
			for _, s := range h.pushed(alert) {
				if s == want {
					return true
				}
			}
			return false
		}
	}
	h.until("handed over", state(buurtbel.HandedOver))
	link := h.app.Desk.LinkTo(places[0].Delivery)
	if res, err := http.Get(link + "/shown"); err != nil || res.Body.Close() != nil || res.StatusCode < 400 || !state(buurtbel.HandedOver)() {
		t.Errorf("looking at the receipt's address changes something: %v", err)
	}
	d := h.telephone()
	m := push.Payload{Title: "Politiezone Vlierbeek", Text: "Er is nu een inbraak bezig.", Link: link, Language: "nl", Alert: true, Tag: "alert-1", Expires: time.Now().Add(time.Hour).Unix()}
	d.pushes(m)
	d.shown("inbraak")
	h.until("delivered", state(buurtbel.Delivered))
	d.pushes(m) // again: nothing changes
	d.shown("inbraak")
	d.taps("heard")
	h.until("heard", state(buurtbel.Heard))
	d.pushes(m)
	d.shown("inbraak")
	if !state(buurtbel.Heard)() || refused.Load() != 1 {
		t.Errorf("after the tap: %v; the browser that is gone was tried %d times", h.pushed(alert), refused.Load())
	}
}
