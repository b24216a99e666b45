package governing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// CheckSilence gives the verb of a daily task: deputy and mandated officer of a network are told when its coordinator gave no sign for longer
// than the zone allows, once per silence (rule 9: a network must outlive its coordinator). Who said that he is away is not silent.
func CheckSilence(db *store.DB, link string) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		var zones []*buurtbel.Zone
		err := db.Read(ctx, buurtbel.Scope{}, func(tx *store.Tx) (err error) {
			zones, err = tx.Zones()
			return err
		})
		if err != nil {
			return err
		}
		var failed []error
		for _, z := range zones { // a zone that cannot be read holds back no other
			failed = append(failed, tellSilences(ctx, db, z, link))
		}
		if err := errors.Join(failed...); err != nil {
			return err
		}
		return db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.FinishTask(t, tx.Now().Add(24*time.Hour)) })
	}
}

func tellSilences(ctx context.Context, db *store.DB, z *buurtbel.Zone, link string) error {
	var quiets []store.Quiet
	err := db.Read(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) (err error) {
		quiets, err = tx.Quiets(buurtbel.RoleCoordinator)
		return err
	})
	for _, q := range quiets {
		if !q.Signed { // signs are written down since this version: the first look is where the count begins
			err := db.Write(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) error { return tx.Sign(q.Mandate.Holder, z.ID) })
			if err != nil {
				return err
			}
			continue
		}
		silent := buurtbel.Silence{Since: q.Since, Limit: z.SilenceLimit()}
		if q.Away || !silent.Due(db.Now()) || !q.Told.Before(q.Since) {
			continue
		}
		if err := tellSilence(ctx, db, z, q, link); err != nil {
			return fmt.Errorf("tell of a silence: %w", err)
		}
	}
	return err
}

// tellSilence mails deputies and officers of the network. The mail names the network, not the person: who it is stands behind the link.
func tellSilence(ctx context.Context, db *store.DB, z *buurtbel.Zone, q store.Quiet, link string) error {
	days := int(db.Now().Sub(q.Since) / (24 * time.Hour))
	post, err := letterTo(ctx, db, z, q.Mandate.Network, []buurtbel.Role{buurtbel.RoleDeputy, buurtbel.RoleOfficer}, "silence", buurtbel.Args{"Count": days}, link+"/mandates")
	if err != nil {
		return err
	}
	return db.Write(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) error {
		mine, err := tx.TellSilence(q.Mandate.ID, q.Since)
		if err != nil || !mine {
			return err
		}
		if err := tx.Append(z.ID, buurtbel.EntryChange, 0, fmt.Appendf(nil, "silence told, mandate %s, %d days", q.Mandate.ID, days)); err != nil {
			return err
		}
		return post(tx)
	})
}

// letterTo plans one mail to who holds one of the roles in a network: subject, mail and button are the key's sentences. It gives what stores it.
func letterTo(ctx context.Context, db *store.DB, z *buurtbel.Zone, network buurtbel.ID, roles []buurtbel.Role, key string, args buurtbel.Args, link string) (func(*store.Tx) error, error) {
	var people []store.Reachable
	all := buurtbel.Args{}
	err := db.Read(ctx, buurtbel.Scope{Zone: z.ID}, func(tx *store.Tx) error {
		networks, err := tx.NetworksOf([]buurtbel.ID{network})
		if err != nil || len(networks) == 0 {
			return errors.Join(err, buurtbel.Fail(buurtbel.NotFound, "error.network.unknown", nil))
		}
		all["Network"] = networks[0].Name
		people, err = tx.ReachableHolders(network, roles...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for k, v := range args {
		all[k] = v
	}
	return lettersTo(db, z, people, key, all, link), nil
}

// lettersTo plans one mail to each person, worded once per language. It gives what stores them.
func lettersTo(db *store.DB, z *buurtbel.Zone, people []store.Reachable, key string, args buurtbel.Args, link string) func(*store.Tx) error {
	letters := db.Letters(z, buurtbel.KindReport, buurtbel.Soon, db.Now().Add(72*time.Hour))
	worded := map[buurtbel.Language]buurtbel.Wording{}
	for _, p := range people {
		lang := p.Member.Language
		words, known := worded[lang]
		if !known {
			words = letter(lang, key, args, link).Wording(lang)
			worded[lang] = words
		}
		letters.To(p, words, buurtbel.Email)
	}
	return letters.Post
}

func letter(lang buurtbel.Language, key string, args buurtbel.Args, link string) locale.Letter {
	key = "message." + key
	return locale.NoteLetter(lang, locale.Text(lang, key+".subject", args), locale.Text(lang, key+".mail", args), locale.Text(lang, key+".button", args), link)
}

// HandOver records that a coordinator or a deputy is away until a moment, and tells who takes over: the deputies, or the mandated officer
// where there is no deputy. An absence that ends at once is a return.
//
// Errors: error.handover.until (Invalid) for an end that has passed or is more than a year off, error.handover.role (Forbidden).
func HandOver(ctx context.Context, db *store.DB, actor buurtbel.Actor, zone, network buurtbel.ID, away buurtbel.Span, link string) error {
	now := db.Now()
	holds := func(r buurtbel.Role) bool {
		for _, m := range actor.Mandates {
			if m.Role == r && m.Zone == zone && m.Network == network && m.Now(now) {
				return true
			}
		}
		return false
	}
	if err := actor.May(buurtbel.MaySeeAlerts, buurtbel.Scope{Zone: zone, Network: network}, now); err != nil {
		return err
	}
	if !holds(buurtbel.RoleCoordinator) && !holds(buurtbel.RoleDeputy) {
		return buurtbel.Fail(buurtbel.Forbidden, "error.handover.role", nil)
	}
	if !away.MayBeAbsence(now) {
		return buurtbel.Fail(buurtbel.Invalid, "error.handover.until", nil)
	}
	var z *buurtbel.Zone
	deputies := 0
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		if z, err = tx.Zone(); err != nil {
			return err
		}
		held, err := tx.Holders(buurtbel.RoleDeputy, network)
		for _, id := range held {
			if id != actor.Person {
				deputies++
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	to := []buurtbel.Role{buurtbel.RoleDeputy}
	if deputies == 0 {
		to = []buurtbel.Role{buurtbel.RoleOfficer}
	}
	post := func(*store.Tx) error { return nil }
	if !away.From.IsZero() {
		loc, err := z.Location()
		if err != nil {
			return err
		}
		post, err = letterTo(ctx, db, z, network, to, "handover", buurtbel.Args{"Date": away.Until.In(loc).Format("2/1/2006")}, link+"/")
		if err != nil {
			return err
		}
	}
	return db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.SetAway(actor.Person, away); err != nil {
			return err
		}
		if err := tx.Append(zone, buurtbel.EntryChange, actor.Person, fmt.Appendf(nil, "handed over, network %s, until %d", network, away.Until.Unix())); err != nil {
			return err
		}
		return post(tx)
	})
}
