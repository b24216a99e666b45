package store

import (
	"fmt"
	"slices"

	"github.com/buurtbel/buurtbel"
)

// The statements of Record for a batch whose outcomes differ in nothing but their delivery, as nearly all mails do: the outcome is bound once
// instead of being taken out of JSON for every row. The conditions are the same.
var recordAttemptsAlike = pair{
	lite: `update attempt set settled_at = $2, state = $4, reason = $5, code = $6, ref = $7, parts = $8
		where delivery in (select value from json_each($1)) and number = $9
		and zone = $3 and (settled_at = 0 or state = 'uncertain' and $4 <> 'uncertain')`,
	pg: `update attempt set settled_at = $2, state = $4, reason = $5, code = $6, ref = $7, parts = $8
		where delivery = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and number = $9
		and zone = $3 and (settled_at = 0 or state = 'uncertain' and $4 <> 'uncertain')`,
}

var recordDeliveriesAlike = pair{
	lite: `update delivery set state = $4, reason = $5,
		open = case when state = 'uncertain' then 0 else $6 end, due = $7, doubts = doubts + $8, node = 0, changed_at = $2
		where id in (select value from json_each($1)) and zone = $3 and tries = $9
		and (state = 'sending' or state in ('queued', 'uncertain') and $4 = 'handed-over')`,
	pg: `update delivery set state = $4, reason = $5,
		open = case when state = 'uncertain' then 0 else $6::bigint end, due = $7, doubts = doubts + $8::bigint, node = 0, changed_at = $2
		where id = any (array(select value::bigint from jsonb_array_elements_text($1::jsonb))) and zone = $3 and tries = $9
		and (state = 'sending' or state in ('queued', 'uncertain') and $4 = 'handed-over')`,
}

// alike tells whether outcomes say the same of every delivery, and nothing follows from any of them.
func alike(list []Settled) bool {
	if len(list) < 2 {
		return false
	}
	a := &list[0]
	return !slices.ContainsFunc(list, func(b Settled) bool {
		return b.leads() || len(b.Refs) > 0 || b.Number != a.Number || b.attemptState() != a.attemptState() || b.Outcome.Reason != a.Outcome.Reason ||
			b.Code != a.Code || b.Parts != a.Parts || b.Move != a.Move || b.doubtful() != a.doubtful()
	})
}

// recordAlike is Record for outcomes that are alike, in order.
func (tx *Tx) recordAlike(list []Settled) error {
	ids := make([]buurtbel.ID, len(list))
	for i := range list {
		ids[i] = list[i].Delivery
	}
	s, argument := &list[0], jsonIDs(ids)
	_, err := tx.exec(tx.pick(recordAttemptsAlike), argument, micros(tx.now), tx.scope.Zone, string(s.attemptState()), string(s.Outcome.Reason), s.Code, "",
		int64(s.Parts), int64(s.Number))
	if err != nil {
		return fmt.Errorf("record attempts: %w", err)
	}
	_, err = tx.exec(tx.pick(recordDeliveriesAlike), argument, micros(tx.now), tx.scope.Zone, string(s.Move.State), string(s.Move.Reason), flag(s.Move.Open),
		micros(s.Move.Due), flag(s.doubtful()), int64(s.Number))
	if err != nil {
		return fmt.Errorf("record deliveries: %w", err)
	}
	return nil // no references: there are no parts, and no receipt came early
}
