package asking

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// remarksLast is how long a remark is kept: a year's work on the pages.
const remarksLast = 365 * 24 * time.Hour

// Remark keeps what somebody thinks of a page of a zone.
func (c *Counter) Remark(ctx context.Context, zone buurtbel.ID, page, text string) error {
	text, err := bounded(text, MostRemark)
	if err != nil {
		return err
	}
	if page, _, _ = strings.Cut(page, "?"); len(page) > 200 || !strings.HasPrefix(page, "/") {
		page = "/"
	}
	m := store.Remark{ID: c.db.NewID(), Page: page, Text: text}
	return c.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error { return tx.InsertRemark(m) })
}

// Remarks lists the last remarks of a zone, open ones first.
func (c *Counter) Remarks(ctx context.Context, actor buurtbel.Actor, zone buurtbel.ID) (list []store.Remark, err error) {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, c.db.Now()); err != nil {
		return nil, err
	}
	err = c.db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		list, err = tx.Remarks(200)
		return err
	})
	return list, err
}

// Settle notes that a remark was dealt with.
func (c *Counter) Settle(ctx context.Context, actor buurtbel.Actor, zone, remark buurtbel.ID) error {
	if err := actor.May(buurtbel.MayConfigure, buurtbel.Scope{Zone: zone}, c.db.Now()); err != nil {
		return err
	}
	return c.db.Write(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		if err := tx.SettleRemark(remark, actor.Person); err != nil {
			return err
		}
		return tx.Append(zone, buurtbel.EntryChange, actor.Person, []byte("remark "+remark.String()))
	})
}

// Forget gives the verb that erases wishes whose time is over and old remarks: a daily task.
func Forget(db *store.DB) func(context.Context, buurtbel.Actor, store.Task) error {
	return func(ctx context.Context, actor buurtbel.Actor, t store.Task) error {
		if err := actor.May(buurtbel.MayInstall, buurtbel.Scope{}, db.Now()); err != nil {
			return err
		}
		zones, err := ReadZones(ctx, db)
		if err != nil {
			return err
		}
		for zone := range zones {
			if err := forget(ctx, db, zone); err != nil {
				return err
			}
		}
		return db.Write(ctx, buurtbel.Scope{}, func(tx *store.Tx) error { return tx.FinishTask(t, tx.Now().Add(24*time.Hour)) })
	}
}

const slice = 200 // rows that one transaction erases

func forget(ctx context.Context, db *store.DB, zone buurtbel.ID) error {
	scope := buurtbel.Scope{Zone: zone}
	for more := true; more; {
		err := db.WriteRank(ctx, store.Bulk, scope, func(tx *store.Tx) error {
			old, err := tx.OldWishes(slice)
			if err != nil {
				return err
			}
			if len(old) > 0 {
				if err := tx.EraseWishes(old); err != nil {
					return err
				}
			}
			n, err := tx.EraseRemarks(tx.Now().Add(-remarksLast), slice)
			more = len(old) == slice || n == slice
			return err
		})
		if err != nil {
			return fmt.Errorf("erase wishes and remarks: %w", err)
		}
	}
	return nil
}
