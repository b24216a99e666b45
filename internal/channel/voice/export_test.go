package voice

// Out is how many calls are out now.
func (s *Sender) Out() int { return s.lines.taken() }

// taken is how many lines are taken.
func (l *lines) taken() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out
}
