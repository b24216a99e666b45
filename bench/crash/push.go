package main

import (
	"errors"
	"time"

	"github.com/buurtbel/buurtbel/bench/rig"
)

// mostBrowsers is how many recipients an alert to browsers has unless another number is asked: each message is sealed for its browser.
const mostBrowsers = 2000

// pushes checks what -push needs.
func (o *options) pushes() error {
	if !o.push {
		return nil
	}
	if o.fault || o.voice {
		return errors.New("-push: without -fault and -voice")
	}
	if o.recipients == usual {
		o.recipients = mostBrowsers
	}
	return nil
}

// subscribe starts the push service and makes browsers the only way to the members.
func (b *bench) subscribe() (err error) {
	if b.peer, err = rig.StartPeer("pushes"); err != nil {
		return err
	}
	if b.browsers, err = rig.NewBrowsers(b.peer.Address); err != nil {
		return err
	}
	b.out.Peer = "a push service of our own in another process"
	return b.setup.AllowPush()
}

// pushed gives every message since the last time.
func (b *bench) pushed() (list []rig.Pushed, err error) { return list, b.peer.Ask("take", &list) }

// shown gives when the first and the last message came, and forgets both.
func (b *bench) shown() (first, last time.Time, err error) {
	list, err := b.pushed()
	if err == nil && len(list) == 0 {
		err = errors.New("no message came")
	}
	if err != nil {
		return first, last, err
	}
	return time.Unix(0, list[0].At), time.Unix(0, list[len(list)-1].At), nil
}
