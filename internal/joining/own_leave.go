package joining

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Leave ends a membership: nothing comes any more, from this moment, not even the end of an alert. Coordinator and deputy hear that somebody left;
// why is not asked, and the household is told nothing. Mandates of the person end. link is where the desk reads who left.
//
// Errors: those of Word.May.
func Leave(ctx context.Context, db *store.DB, actor buurtbel.Actor, w Word, link string) error {
	tell, err := leftLetter(ctx, db, w, link)
	if err != nil {
		return err
	}
	return w.change(ctx, db, actor, "left", func(tx *store.Tx, _ buurtbel.ID) error {
		if err := tx.EndMembership(w.Member); err != nil {
			return err
		}
		if err := tx.EndSessionsIn(w.Member, "own"); err != nil {
			return err
		}
		return tell(tx)
	})
}

// leftLetter plans the mail to coordinator and deputy. It names nobody: who left stands on the desk.
func leftLetter(ctx context.Context, db *store.DB, w Word, link string) (func(*store.Tx) error, error) {
	var zone *buurtbel.Zone
	var network *buurtbel.Network
	var people []store.Reachable
	err := db.Read(ctx, buurtbel.Scope{Zone: w.Zone}, func(tx *store.Tx) error {
		self, err := tx.Self(w.Member, false)
		if err != nil {
			return err
		}
		if zone, err = tx.Zone(); err != nil {
			return err
		}
		networks, err := tx.NetworksOf([]buurtbel.ID{self.Member.Network})
		if err != nil || len(networks) == 0 {
			return err
		}
		network = networks[0]
		people, err = tx.ReachableHolders(network.ID, buurtbel.RoleCoordinator, buurtbel.RoleDeputy)
		return err
	})
	if err != nil || network == nil {
		return func(*store.Tx) error { return nil }, err
	}
	letters := db.Letters(zone, buurtbel.KindReport, buurtbel.Soon, db.Now().Add(72*time.Hour))
	for _, p := range people {
		if p.Member.ID == w.Member {
			continue
		}
		lang := p.Member.Language
		letter := locale.NoteLetter(lang, locale.Text(lang, "message.left.subject", buurtbel.Args{"Network": network.Name}),
			locale.Text(lang, "message.left.body", nil), locale.Text(lang, "message.left.button", nil), link+"/asked")
		letters.To(p, letter.Wording(lang), buurtbel.Email)
	}
	return letters.OnlyReached().Post, nil
}
