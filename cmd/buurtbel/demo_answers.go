package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel"
	"github.com/buurtbel/buurtbel/internal/channel/sms/smpp"
)

// yes are spellings by which members acknowledge.
var yes = []string{"1", "1", "Ok", "JA", "oui", "1.", "gelezen"}

// answer lets some members write back from their telephones: most acknowledge, one stops texts, one asks something. It gives how many
// members must be counted as having heard.
func (d *demo) answer(ctx context.Context) (heard int, err error) {
	numbers, holders := d.writers(27)
	if len(numbers) < 27 {
		return 0, nil // a hamlet in which nobody answers
	}
	if err := d.until(ctx, func() (bool, error) { return d.got(ctx, 1, numbers...) }); err != nil {
		return 0, err
	}
	for i, number := range numbers {
		text := yes[i%len(yes)]
		switch i {
		case 3:
			text = "STOP"
		case 5:
			text = "Ik zag daarnet een grijze bestelwagen, moet ik iemand bellen?"
		default:
			heard += holders[number]
		}
		if err := d.until(ctx, func() (bool, error) { return d.outside.Write(ctx, number, text, 5*time.Second) }); err != nil {
			return 0, err
		}
	}
	return heard, d.until(ctx, func() (bool, error) { return d.got(ctx, 2, numbers[3], numbers[5]) })
}

// texts counts the texts that each telephone got.
func (d *demo) texts(ctx context.Context) (map[string]int, error) {
	phones, err := d.outside.Phones(ctx)
	out := map[string]int{}
	for _, p := range phones {
		for _, b := range p.Bubbles {
			if b.In {
				out[p.Number]++
			}
		}
	}
	return out, err
}

// got tells whether each telephone got so many texts.
func (d *demo) got(ctx context.Context, n int, numbers ...string) (bool, error) {
	texts, err := d.texts(ctx)
	for _, number := range numbers {
		if texts[number] < n {
			return false, err
		}
	}
	return true, err
}

// writers picks numbers that get the alert at any hour and whose telephones work, with how many members of the network have each.
func (d *demo) writers(n int) (numbers []string, holders map[string]int) {
	holders = map[string]int{}
	for _, m := range d.town.Town.Members {
		for _, c := range m.Contacts {
			if c.Kind == buurtbel.Mobile {
				holders[c.Address]++
			}
		}
	}
	for _, m := range d.town.Town.Members {
		c := m.Contacts[0]
		plain := m.Network == playNetwork && !m.Away && !m.Suspended && m.Choices.Per == nil && m.Role == ""
		works := c.Kind == buurtbel.Mobile && !strings.HasSuffix(c.Address, offSuffix) && !strings.HasSuffix(c.Address, deadSuffix)
		if plain && works && holders[c.Address] == 1 && len(numbers) < n {
			numbers = append(numbers, c.Address)
		}
	}
	return numbers, holders
}

// spoil sends one text past the store, over a connection of its own: a comparison that does not see it is worth nothing.
func (d *demo) spoil(ctx context.Context) error {
	config := d.app.Config.SMS[0].Config
	session, err := smpp.Open(ctx, config, smpp.Options{Logger: slog.New(slog.DiscardHandler), Arrive: func(_ channel.Event, stored func(error)) { stored(nil) }})
	if err != nil {
		return err
	}
	if err := d.until(ctx, func() (bool, error) { return session.Up(), nil }); err != nil {
		return err
	}
	settled := make(chan channel.Result, 1)
	session.Send(ctx, &channel.Message{Delivery: 1, Attempt: 1, To: "+32455000001", Expires: time.Now().Add(time.Minute),
		Content: &channel.Content{Text: "spoilt"}}, func(r channel.Result) { settled <- r })
	if r := <-settled; r.Failure != nil {
		return errors.Join(r.Failure, session.Close(ctx))
	}
	return session.Close(ctx)
}
