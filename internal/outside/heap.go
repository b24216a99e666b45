package outside

// heap orders items by due time, earliest first. Written out because at tens of thousands of receipts a second container/heap is felt.
type heap []item

func (h *heap) push(it item) {
	q := append(*h, it)
	i := len(q) - 1
	for i > 0 {
		up := (i - 1) / 2
		if q[up].due <= it.due {
			break
		}
		q[i] = q[up]
		i = up
	}
	q[i] = it
	*h = q
}

// pop takes the earliest; the heap must not be empty.
func (h *heap) pop() item {
	q := *h
	first, last := q[0], q[len(q)-1]
	q[len(q)-1] = item{}
	q = q[:len(q)-1]
	*h = q
	if len(q) == 0 {
		return first
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(q) {
			break
		}
		if down+1 < len(q) && q[down+1].due < q[down].due {
			down++
		}
		if q[down].due >= last.due {
			break
		}
		q[i] = q[down]
		i = down
	}
	q[i] = last
	return first
}
