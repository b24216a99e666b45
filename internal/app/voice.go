package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
	"github.com/buurtbel/buurtbel/internal/channel/voice/listen"
	"github.com/buurtbel/buurtbel/internal/channel/voice/sip"
	"github.com/buurtbel/buurtbel/internal/channel/voice/speech"
	"github.com/buurtbel/buurtbel/internal/delivery"
	"github.com/buurtbel/buurtbel/internal/store"
)

// voices are the trunks of the program, and what they say.
type voices struct {
	scripts *voice.Scripts
	trunks  []*sip.Trunk
	senders []*voice.Sender

	mu        sync.Mutex
	reception *voice.CallBack // what who calls back hears
	until     time.Time       // the zone may have changed since
}

func (a *App) openVoice(ctx context.Context, o Options) error {
	if len(a.Config.Voice) == 0 {
		return nil
	}
	speaker, err := speech.Open(a.Config.Speech)
	if err != nil {
		return err
	}
	a.voices.scripts = voice.NewScripts(ctx, speaker, speech.Say)
	for i, c := range a.Config.Voice {
		trunk, err := sip.Open(ctx, c.Config, sip.Options{Logger: a.log, Answer: a.answer, Now: o.Now})
		if err != nil {
			return fmt.Errorf("trunk %s: %w", c.Name, err)
		}
		sender := voice.NewSender(trunk, voice.Options{Scripts: a.voices.scripts, Listener: func() voice.Listener { return listen.New() },
			Ring: c.Ring, Countries: c.Countries, Logger: a.log, Now: o.Now})
		a.voices.trunks, a.voices.senders = append(a.voices.trunks, trunk), append(a.voices.senders, sender)
		a.lanes = append(a.lanes, a.shows(a.presentsCalls(i), delivery.Lane{Channel: buurtbel.Voice, Carrier: c.Name, Sender: sender, Order: i}))
	}
	return nil
}

// close ends the calls: those that are out have until ctx is done.
func (v *voices) close(ctx context.Context) error {
	var errs []error
	for _, s := range v.senders {
		errs = append(errs, s.Close(ctx))
	}
	for _, t := range v.trunks {
		errs = append(errs, t.Close(ctx))
	}
	return errors.Join(errs...)
}

// answer takes a call of somebody who calls our number back.
func (a *App) answer(ctx context.Context, from string, c voice.Call) {
	r, err := a.voices.callBack(ctx, a)
	if err != nil {
		a.log.Error("answer a call", "error", err)
		c.HangUp()
		return
	}
	r.Answer(ctx, from, c)
}

// callBack gives the recording for who calls back, in the words of the zone, read anew each minute. An installation with several zones
// speaks for the first: all its trunks present one number.
func (v *voices) callBack(ctx context.Context, a *App) (*voice.CallBack, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.reception != nil && a.DB.Now().Before(v.until) {
		return v.reception, nil
	}
	zones, err := a.zones(ctx)
	if err == nil && len(zones) == 0 {
		err = buurtbel.Fail(buurtbel.NotFound, "error.zone.unknown", nil)
	}
	if err != nil {
		return nil, err
	}
	lines, err := zones[0].EmergencyLines()
	if err != nil {
		return nil, err
	}
	regimes, err := a.regimes(ctx, zones[0].ID)
	if err != nil {
		return nil, err
	}
	regime := append(regimes, buurtbel.Regime{buurtbel.Dutch})[0]
	v.reception = voice.NewCallBack(voice.CallBackOptions{Scripts: v.scripts, Sender: zones[0].Name, Line: lines[0].Number, Languages: regime, Last: a.lastCall, Logger: a.log})
	v.until = a.DB.Now().Add(time.Minute)
	return v.reception, nil
}

func (a *App) zones(ctx context.Context) (zones []*buurtbel.Zone, err error) {
	err = a.DB.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) error {
		zones, err = tx.Zones()
		return err
	})
	return zones, err
}

// regimes gives the languages of a zone's networks, in the order of the networks.
func (a *App) regimes(ctx context.Context, zone buurtbel.ID) (out []buurtbel.Regime, err error) {
	err = a.DB.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		networks, err := tx.Networks()
		out = nil
		for _, n := range networks {
			if len(n.Regime) > 0 {
				out = append(out, n.Regime)
			}
		}
		return err
	})
	return out, err
}

// prepare makes what every call says before the first call would wait for it: what who calls back hears, and the keys in the languages of each
// network. What could not be made is made by the first call that needs it.
func (v *voices) prepare(ctx context.Context, a *App) {
	if v.scripts == nil {
		return
	}
	zones, err := a.zones(ctx)
	if err == nil && len(zones) > 0 {
		var r *voice.CallBack
		if r, err = v.callBack(ctx, a); err == nil {
			err = r.Prepare(ctx)
		}
	}
	for _, z := range zones {
		regimes, failed := a.regimes(ctx, z.ID)
		err = errors.Join(err, failed)
		for _, r := range regimes { // of those that are the same, all but the first are there already
			err = errors.Join(err, v.scripts.PrepareLanguages(ctx, r))
		}
	}
	if err != nil && ctx.Err() == nil {
		a.log.Warn("speech is not ready; the first call waits for it", "error", err)
	}
}

// callable is how long after a message its number may ask for it once more.
const callable = 72 * time.Hour

// lastCall gives the last message that was sent to a number, for whoever calls from it. Only for a number that a member verified.
func (a *App) lastCall(ctx context.Context, from string) (*channel.Content, bool) {
	var places []store.DeliveryPlace
	err := a.DB.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
		places, err = tx.LastDeliveriesTo(a.DB.AddressHash(phoneOf(from)), a.DB.Now().Add(-callable))
		return err
	})
	if err != nil || len(places) == 0 {
		if err != nil {
			a.log.Error("find the last message of who calls", "error", err)
		}
		return nil, false
	}
	content, err := delivery.Content(ctx, a.DB, places[0].Zone, places[0].Message, buurtbel.Voice, places[0].Wording)
	if err != nil {
		a.log.Error("read the last message of who calls", "error", err)
	}
	return content, err == nil && content != nil
}

// say makes the sound of a call for who wants to hear it before it goes out.
func (a *App) say(ctx context.Context, zone *buurtbel.Zone, spoken []buurtbel.Spoken, exercise bool) ([]byte, error) {
	content := &channel.Content{Sender: zone.Name, Exercise: exercise, Spoken: spoken, Lexicon: zone.Lexicon}
	sound, err := a.voices.scripts.Whole(ctx, content, false)
	if err != nil {
		return nil, err
	}
	return speech.WAV(sound), nil
}

// price is what a part or a minute costs at a carrier, in 1/10000 euro; 0: not known.
func (a *App) price(carrier string) int64 {
	for _, c := range a.Config.SMS {
		if c.Name == carrier {
			return int64(c.PricePerPart)
		}
	}
	for _, c := range a.Config.Voice {
		if c.Name == carrier {
			return int64(c.PricePerMinute)
		}
	}
	return 0
}
