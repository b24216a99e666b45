package entering

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
	"github.com/buurtbel/buurtbel/internal/token"
)

// pinLen is how many digits a PIN has at least: with five tries, one in 200,000 guesses.
const (
	pinLen  = 6
	pinMost = 12
)

const shiftPIN token.Purpose = "shift"

// checkPIN refuses what is no PIN, and what everybody would guess first.
func checkPIN(pin string) error {
	if len(pin) < pinLen || len(pin) > pinMost || strings.Trim(pin, "0123456789") != "" {
		return buurtbel.Fail(buurtbel.Invalid, "error.sign-in.pin-form", buurtbel.Args{"Least": pinLen})
	}
	same, up, down := true, true, true
	for i := 1; i < len(pin); i++ {
		step := int(pin[i]) - int(pin[i-1])
		same, up, down = same && step == 0, up && step == 1, down && step == -1
	}
	if same || up || down {
		return buurtbel.Fail(buurtbel.Invalid, "error.sign-in.pin-easy", nil)
	}
	return nil
}

// keyed is what is stored of a PIN: nothing without the key ring, and nothing for another person or PC.
func (g *Gate) keyed(person buurtbel.ID, device []byte, pin string) []byte {
	return token.HashCode(g.db.Ring(), shiftPIN, person, hex.EncodeToString(device)+pin)
}

// Colleagues lists who can take a shared PC over with a PIN, in the order in which they signed in. The device's cookie is the right: it
// is given only to a PC where somebody signed in.
func (g *Gate) Colleagues(ctx context.Context, device string) ([]Person, error) {
	if device == "" {
		return nil, nil
	}
	var out []Person
	err := g.db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		shifts, err := tx.Shifts(token.Hash(device))
		for _, s := range shifts {
			out = append(out, Person{ID: s.Person})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Name, err = g.name(ctx, out[i].ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// HandOver ends the session on a shared PC, so that the next person can take over with Switch. The one who leaves can come back with the
// own PIN until the shift ends. It gives who can take over.
func (g *Gate) HandOver(ctx context.Context, session, device string) ([]Person, error) {
	hash := token.Hash(session)
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		s, err := tx.Session(hash)
		if buurtbel.KindOf(err) == buurtbel.Forbidden {
			return nil // is over already
		}
		if err != nil {
			return err
		}
		if err := tx.EndSession(hash); err != nil {
			return err
		}
		return tx.AppendIn(s.Zone, s.Zone, buurtbel.EntrySignIn, s.Person, []byte("handed over"))
	})
	if err != nil {
		return nil, err
	}
	return g.Colleagues(ctx, device)
}

// Switch takes a shared PC over: name and PIN. The session that was open there ends.
//
// Errors: error.sign-in.pin (Forbidden) for a wrong PIN; error.sign-in.pin-over (Forbidden) when no try is left or the shift is over, and
// a new link is needed.
func (g *Gate) Switch(ctx context.Context, person buurtbel.ID, pin string, at At) (*Entered, error) {
	device := token.Hash(at.Device)
	var shift store.Shift
	var want []byte
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) { // the try is counted whatever follows
		shift, want, err = tx.TryShift(device, person)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(want, g.keyed(person, device, strings.TrimSpace(pin))) {
		return nil, g.wrongPIN(ctx, shift)
	}
	e, o := g.opening(at)
	e.Device, e.Expires = at.Device, shift.Expires
	o.device, o.how = device, ByPIN
	err = g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		if err := tx.ForgiveShift(device, person); err != nil {
			return err
		}
		var err error
		if e.Actor, err = mandated(tx, person); err != nil {
			return err
		}
		return g.open(tx, e, o)
	})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (g *Gate) wrongPIN(ctx context.Context, s store.Shift) error {
	err := g.db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		return tx.AppendIn(s.Zone, s.Zone, buurtbel.EntrySignIn, s.Person, []byte("wrong PIN"))
	})
	if err != nil {
		return err
	}
	return buurtbel.Fail(buurtbel.Forbidden, "error.sign-in.pin", nil)
}
