package sip

// waiting is how many packets may wait for one that is missing: 60 ms at the usual 20 ms a packet.
const waiting = 3

// sound is one RTP packet of sound, decoded.
type sound struct {
	seq     uint16
	stamp   uint32
	samples []int16
}

// reorder puts packets that overtook each other back in order, and gives up on one that is missing when three others wait behind it.
type reorder struct {
	started bool
	next    uint16 // sequence number that comes next
	held    []sound
}

// add takes a packet and calls deliver for each that is due now, in order.
func (r *reorder) add(p sound, deliver func(sound)) {
	if !r.started {
		r.started, r.next = true, p.seq
	}
	ahead := int16(p.seq - r.next)
	switch {
	case ahead < 0 && ahead > -100: // too late, or a second time
		return
	case ahead < 0 || ahead > 100: // the other side began anew
		r.flush(deliver)
		r.next = p.seq
	}
	if p.seq != r.next {
		r.hold(p)
		if len(r.held) <= waiting {
			return
		}
		r.next = r.held[0].seq
	} else {
		deliver(p)
		r.next++
	}
	for len(r.held) > 0 && r.held[0].seq == r.next {
		deliver(r.held[0])
		r.held = append(r.held[:0], r.held[1:]...)
		r.next++
	}
}

// skip tells that a sequence number carried something else than sound.
func (r *reorder) skip(seq uint16, deliver func(sound)) {
	r.add(sound{seq: seq}, deliver)
}

func (r *reorder) hold(p sound) {
	i := len(r.held)
	for i > 0 && int16(r.held[i-1].seq-p.seq) >= 0 {
		i--
	}
	if i < len(r.held) && r.held[i].seq == p.seq {
		return
	}
	p.samples = append([]int16(nil), p.samples...) // the caller uses its memory again
	r.held = append(r.held, sound{})
	copy(r.held[i+1:], r.held[i:])
	r.held[i] = p
}

func (r *reorder) flush(deliver func(sound)) {
	for _, p := range r.held {
		deliver(p)
	}
	r.held = r.held[:0]
}
