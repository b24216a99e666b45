package delivery

import (
	"context"
	"fmt"
	"sync"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/store"
)

type wordingKey struct {
	channel buurtbel.Channel
	wording int
}

// contents keeps the opened texts of running messages, shared by all their deliveries.
type contents struct {
	db   *store.DB
	mu   sync.Mutex
	kept map[buurtbel.ID]map[wordingKey]*channel.Content
}

func (c *contents) of(ctx context.Context, m store.RunningMessage) (map[wordingKey]*channel.Content, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if texts, ok := c.kept[m.ID]; ok {
		return texts, nil
	}
	texts, err := readContents(ctx, c.db, m.Zone, m.ID)
	if err != nil {
		return nil, err
	}
	if c.kept == nil {
		c.kept = map[buurtbel.ID]map[wordingKey]*channel.Content{}
	}
	c.kept[m.ID] = texts
	return texts, nil
}

// Content gives what a message says on a channel, also of one that runs no more; nil when it says nothing there.
func Content(ctx context.Context, db *store.DB, zone, message buurtbel.ID, on buurtbel.Channel, wording int) (*channel.Content, error) {
	texts, err := readContents(ctx, db, zone, message)
	return texts[wordingKey{on, wording}], err
}

func readContents(ctx context.Context, db *store.DB, zone, message buurtbel.ID) (texts map[wordingKey]*channel.Content, err error) {
	err = db.Read(ctx, buurtbel.Scope{Zone: zone}, func(tx *store.Tx) error {
		m, err := tx.Message(message)
		if err != nil {
			return err
		}
		z, err := tx.Zone()
		if err == nil {
			texts = contentsOf(m, z.Lexicon)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	return texts, nil
}

// forget drops the texts of messages that run no more.
func (c *contents) forget(running map[buurtbel.ID]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.kept {
		if _, ok := running[id]; !ok {
			delete(c.kept, id)
		}
	}
}

func contentsOf(m *buurtbel.Message, words []buurtbel.Respelling) map[wordingKey]*channel.Content {
	thread := m.ID
	if m.Alert != 0 {
		thread = m.Alert
	}
	out := map[wordingKey]*channel.Content{}
	for i, w := range m.Texts {
		common := channel.Content{Sender: m.Sender, Language: first(w.Regime), Exercise: m.Exercise, Class: m.Class, Kind: m.Kind, Thread: thread.String()}
		if w.SMS != "" {
			sms := common
			sms.Text = w.SMS
			out[wordingKey{buurtbel.SMS, i}] = &sms
			push := common
			push.Text = buurtbel.WithoutLink(w.SMS)
			out[wordingKey{buurtbel.Push, i}] = &push
		}
		if len(w.Spoken) > 0 {
			call := common
			call.Spoken, call.Lexicon = w.Spoken, words
			out[wordingKey{buurtbel.Voice, i}] = &call
		}
		if w.Mail != "" {
			mail := common
			mail.Subject, mail.Text, mail.HTML, mail.Diary = w.Subject, w.Mail, w.HTML, w.Diary
			out[wordingKey{buurtbel.Email, i}] = &mail
		}
	}
	return out
}

// first gives the first language of a regime as Wording has it.
func first(regime string) buurtbel.Language {
	if len(regime) >= 2 {
		return buurtbel.Language(regime[:2])
	}
	return buurtbel.Dutch
}
