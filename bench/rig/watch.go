package rig

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

// Watch looks at the program's database through a connection of its own, so that what it sees is committed.
type Watch struct{ sql *sql.DB }

// Watch opens the database for looking only.
func (s *Setup) Watch() (*Watch, error) {
	driver, address := "sqlite", "file:"+filepath.Join(s.Folder, "data", "buurtbel.db")+"?mode=ro&_pragma=busy_timeout(10000)"
	if s.Engine == store.Postgres {
		driver, address = "pgx", s.Database
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, fmt.Errorf("open database to look: %w", err)
	}
	db.SetMaxOpenConns(1)
	return &Watch{db}, nil
}

// Close ends the looking.
func (w *Watch) Close() error { return w.sql.Close() }

// open finds one delivery of a message that is not final, through an index: it costs next to nothing.
const open = `select case when m.cursor < m.audience_size or m.follows = 'reached' or exists (select 1 from delivery d where d.message = m.id and d.open = 1)
	then 1 else 0 end from message m where m.id = $1`

// Done waits until every recipient of a message is expanded and final in the store, and gives when that was seen. It looks each time after a
// fiftieth of the time that has passed, so that it is late by two in a hundred at most and takes little of the processor time that is measured.
func (w *Watch) Done(ctx context.Context, message buurtbel.ID) (time.Time, error) {
	query, err := w.sql.PrepareContext(ctx, open)
	if err != nil {
		return time.Time{}, fmt.Errorf("look at message: %w", err)
	}
	defer query.Close()
	began := time.Now()
	for {
		var n int
		if err := query.QueryRowContext(ctx, int64(message)).Scan(&n); err != nil {
			return time.Time{}, fmt.Errorf("look at message: %w", err)
		}
		if n == 0 {
			return time.Now(), nil
		}
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-time.After(max(5*time.Millisecond, time.Since(began)/50)):
		}
	}
}

// Open tells whether a message has deliveries that are not final.
func (w *Watch) Open(ctx context.Context, message buurtbel.ID) (bool, error) {
	var n int
	if err := w.sql.QueryRowContext(ctx, open, int64(message)).Scan(&n); err != nil {
		return false, fmt.Errorf("look at message: %w", err)
	}
	return n != 0, nil
}

// Launched gives the message of an alert, and how many recipients it has.
func (w *Watch) Launched(ctx context.Context, alert buurtbel.ID) (message buurtbel.ID, people int, err error) {
	err = w.sql.QueryRowContext(ctx, `select id, audience_size from message where alert = $1 and kind = 'launch'`, int64(alert)).Scan(&message, &people)
	if err != nil {
		return 0, 0, fmt.Errorf("look at alert: %w", err)
	}
	return message, people, nil
}

// States counts the deliveries of a message by state.
func (w *Watch) States(ctx context.Context, message buurtbel.ID) (map[string]int, error) {
	rows, err := w.sql.QueryContext(ctx, `select state, count(*) from delivery where message = $1 group by state`, int64(message))
	if err != nil {
		return nil, fmt.Errorf("count states: %w", err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, fmt.Errorf("count states: %w", err)
		}
		out[state] = n
	}
	return out, rows.Err()
}

// Count runs a query that gives one number.
func (w *Watch) Count(ctx context.Context, query string, args ...any) (int, error) {
	var n int
	if err := w.sql.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

const left = `select count(*) from message m join alert a on a.id = m.alert where a.key = $1 and m.kind = 'launch'
	and (m.cursor < m.audience_size or exists (select 1 from delivery d where d.message = m.id and d.open = 1))`

// Left tells whether the alert that was launched with a key has work left. One that is not stored has none.
func (w *Watch) Left(ctx context.Context, key string) (bool, error) {
	n, err := w.Count(ctx, left, key)
	return n > 0, err
}

// Delivery is the store's word on one delivery.
type Delivery struct {
	Member  int64
	Channel string
	State   string // "": there is none
	Open    bool
	Doubts  int // uncertain attempts
}

// Final tells whether nothing more will happen to it.
func (d Delivery) Final() bool { return d.State != "" && !d.Open }

// ToldNot tells whether the store says that the member was not reached: then nobody is lost without being named.
func (d Delivery) ToldNot() bool {
	return d.State == "failed" || d.State == "expired" || d.State == "stopped"
}

// Deliveries reads the deliveries of the alert that was launched with a key.
func (w *Watch) Deliveries(ctx context.Context, key string) ([]Delivery, error) {
	rows, err := w.sql.QueryContext(ctx, `select r.member, d.channel, d.state, d.open, d.doubts from alert a join message m on m.alert = a.id
		join recipient r on r.message = m.id join delivery d on d.recipient = r.id where a.key = $1 and m.kind = 'launch' and d.rank = 0`, key)
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	defer rows.Close()
	var out []Delivery
	for rows.Next() {
		var d Delivery
		var open int
		if err := rows.Scan(&d.Member, &d.Channel, &d.State, &open, &d.Doubts); err != nil {
			return nil, fmt.Errorf("read deliveries: %w", err)
		}
		d.Open = open != 0
		out = append(out, d)
	}
	return out, rows.Err()
}
