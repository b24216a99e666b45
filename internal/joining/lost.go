package joining

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// tellHour is the local hour at which coordinators hear of lost contact points, once a day.
const tellHour = 8

func lastTelling(at time.Time) time.Time {
	t := time.Date(at.Year(), at.Month(), at.Day(), tellHour, 0, 0, 0, at.Location())
	if t.After(at) {
		t = time.Date(at.Year(), at.Month(), at.Day()-1, tellHour, 0, 0, 0, at.Location())
	}
	return t
}

func dayAfter(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, tellHour, 0, 0, 0, t.Location())
}

// nextTelling gives when the coordinators of a zone hear next.
func nextTelling(ctx context.Context, db *store.DB, zone buurtbel.ID) (time.Time, error) {
	_, loc, err := zoneAndPlace(ctx, db, zone)
	if err != nil {
		return time.Time{}, err
	}
	return dayAfter(lastTelling(db.Now().In(loc))), nil
}

func zoneAndPlace(ctx context.Context, db *store.DB, zone buurtbel.ID) (*buurtbel.Zone, *time.Location, error) {
	var z *buurtbel.Zone
	err := db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) (err error) {
		z, err = tx.Zone()
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	loc, err := z.Location()
	return z, loc, err
}

// TellLost gives the verb that mails the coordinator and the deputy of a network how many contact points were lost since they last heard:
// a task about the network, at most once a day. Who lost one stands on the desk behind link, never in the mail.
func TellLost(db *store.DB, link string) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayDeliver, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		zone, loc, err := zoneAndPlace(ctx, db, t.Zone)
		if err != nil {
			return err
		}
		news, err := readLoss(ctx, db, t, loc)
		if err != nil {
			return fmt.Errorf("read lost contact points: %w", err)
		}
		now := db.Now()
		letters := db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, now.Add(24*time.Hour))
		for _, p := range news.coordinators {
			letters.To(p, lostLetter(p.Member.Language, news, link), buurtbel.Email)
		}
		return db.Write(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
			if news.members == 0 || len(news.coordinators) == 0 {
				return tx.FinishTask(t, time.Time{})
			}
			if err := tx.FinishTask(t, dayAfter(lastTelling(now.In(loc)))); err != nil { // looks once more, for what was lost meanwhile
				return err
			}
			return letters.Post(tx)
		})
	}
}

// loss is what a network lost since its coordinators last heard.
type loss struct {
	network      string
	members      int
	coordinators []store.Reachable
}

func readLoss(ctx context.Context, db *store.DB, t store.Task, loc *time.Location) (loss, error) {
	var news loss
	err := db.Read(ctx, buurtbel.Scope{Zone: t.Zone}, func(tx *store.Tx) error {
		due, err := tx.TaskDue(t)
		if err != nil {
			return err
		}
		last := lastTelling(due.In(loc))
		since := time.Date(last.Year(), last.Month(), last.Day()-1, tellHour, 0, 0, 0, loc)
		lost, err := tx.LostContacts(t.Subject, since)
		if err != nil {
			return err
		}
		news.members = distinctMembers(lost)
		networks, err := tx.Networks()
		if err != nil {
			return err
		}
		for _, n := range networks {
			if n.ID == t.Subject {
				news.network = n.Name
			}
		}
		news.coordinators, err = tx.ReachableHolders(t.Subject, buurtbel.RoleCoordinator, buurtbel.RoleDeputy)
		return err
	})
	return news, err
}

func distinctMembers(lost []store.ContactHolder) int {
	var ids []buurtbel.ID
	for _, h := range lost {
		ids = append(ids, h.Member)
	}
	slices.Sort(ids)
	return len(slices.Compact(ids))
}

func lostLetter(lang buurtbel.Language, news loss, link string) buurtbel.Wording {
	args := buurtbel.Args{"Count": news.members, "Network": news.network}
	return locale.NoteLetter(lang, locale.Text(lang, "message.contact-lost.subject", buurtbel.Args{"Count": news.members}),
		locale.Text(lang, "message.contact-lost.mail", args), locale.Text(lang, "message.contact-lost.button", nil), link).Wording(lang)
}
