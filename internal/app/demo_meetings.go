package app

import (
	"context"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// SeedMeetings gives the first network two meetings: one that was held, with its minutes and a vote, and one to come to which nobody is invited yet.
func (a *App) SeedMeetings(ctx context.Context, s *Seeded) error {
	if len(s.Networks) == 0 {
		return nil
	}
	loc, err := s.Zone.Location()
	if err != nil {
		return err
	}
	now, by := a.DB.Now().In(loc), s.coordinator(0)
	evening := func(days int) time.Time { return time.Date(now.Year(), now.Month(), now.Day()+days, 20, 0, 0, 0, loc) }
	held := store.Meeting{ID: a.DB.NewID(), Network: s.Networks[0], By: by, Kind: "members", Invites: "all", Title: "Jaarvergadering", Place: "Parochiezaal", From: evening(-60), Until: evening(-60).Add(2 * time.Hour)}
	coming := store.Meeting{ID: a.DB.NewID(), Network: s.Networks[0], By: by, Kind: "consultation", Invites: "officer", Title: "Overleg met de wijkagent", Place: "Politiehuis", From: evening(12), Until: evening(12).Add(time.Hour)}
	return a.DB.Write(ctx, buurtbel.Scope{Zone: s.Zone.ID}, func(tx *store.Tx) error {
		for _, m := range []store.Meeting{held, coming} {
			if err := tx.InsertMeeting(m); err != nil {
				return err
			}
		}
		held.Attended, held.Minutes = 34, "1. Het voorbije jaar. 2. De adjunct stelt zich voor. 3. Wat kan beter aan de berichten."
		held.Votes = []store.MeetingVote{{Question: "De adjunct wordt bevestigd", Yes: 32, No: 0, Blank: 2}}
		return tx.PutMinutes(held)
	})
}
