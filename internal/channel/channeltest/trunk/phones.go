package trunk

import (
	"time"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

// Busy is in use.
func Busy(p *Party) {
	p.Refuse(voice.Refusal{Reason: buurtbel.LineBusy, Temporary: true, Code: "486 Busy Here"})
}

// RingsOut rings and is not answered.
func RingsOut(p *Party) { p.Ring(time.Hour) }

// Declines rings and is refused.
func Declines(p *Party) {
	if p.Ring(3 * time.Second) {
		p.Refuse(voice.Refusal{Reason: buurtbel.Rejected, Code: "603 Decline"})
	}
}

// Picks rings for two seconds, is answered, and does what then says.
func Picks(then func(p *Party)) Phone {
	return func(p *Party) {
		if p.Ring(2 * time.Second) {
			p.Answer()
			then(p)
		}
	}
}

// Stays listens until the other side hangs up.
func Stays(p *Party) { p.Wait(time.Hour) }
