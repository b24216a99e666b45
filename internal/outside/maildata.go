package outside

import (
	"bufio"
	"bytes"
	"errors"
	"mime"
	"strconv"
	"strings"
	"time"
)

// data takes one mail (RFC 5321 section 4.1.1.4); false ends the connection.
func (s *mailSession) data() bool {
	if !s.from || len(s.to) == 0 {
		s.say("503 5.5.1 RCPT first")
		return true
	}
	f := s.mail.faults.now.Load()
	s.say("354 go on")
	if s.r.Buffered() == 0 && s.w.Flush() != nil {
		return false
	}
	if f.MailDropEvery > 0 && f.datas.Add(1)%int64(f.MailDropEvery) == 0 {
		// Half-way: one line of the mail is read, then the line is cut.
		_, _ = s.r.ReadSlice('\n') // the line is cut whatever came
		return false
	}
	size, ok := s.readMail()
	if !ok {
		return false
	}
	at := time.Now().UnixNano()
	if f.MailDelay > 0 {
		time.Sleep(time.Duration(f.MailDelay) * time.Millisecond)
	}
	defer s.clear()
	switch {
	case size > mailMax:
		s.say("552 5.3.4 too big")
	case s.refuse != nil:
		s.mail.counts.mailsRefused.Add(1)
		s.say(strconv.Itoa(s.refuse.Code) + " " + s.refuse.Text)
	default:
		n := s.accept(size, at)
		s.w.WriteString("250 2.0.0 taken as ")
		s.say(strconv.Itoa(n))
	}
	return true
}

// readMail reads up to the lone dot, takes the doubled dots away, and keeps the head and, when letters are kept, the whole.
func (s *mailSession) readMail() (size int, ok bool) {
	s.head, s.body = s.head[:0], nil
	keep := s.mail.boxes != nil
	fresh := true // at the beginning of a line
	for {
		line, err := s.r.ReadSlice('\n')
		part := errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !part {
			return size, false
		}
		if fresh && line[0] == '.' {
			if len(line) <= 3 && strings.TrimRight(string(line), "\r\n") == "." {
				return size, true
			}
			line = line[1:]
		}
		fresh = !part
		size += len(line)
		if len(s.head) < headMax && (keep || len(s.head) < 4<<10) {
			s.head = append(s.head, line...)
		}
		if keep && size <= mailMax {
			s.body = append(s.body, line...)
		}
	}
}

// accept logs the mail and puts it in its boxes.
func (s *mailSession) accept(size int, at int64) int {
	subject := decodeHeader(headerField(s.head, "subject"))
	id := string(bytes.Trim(headerField(s.head, "message-id"), "<> "))
	n := s.mail.log.add(s.to, id, []byte(subject), s.head, size, s.no, at)
	s.mail.counts.mails.Add(int64(len(s.to)))
	if s.mail.boxes != nil {
		from := decodeHeader(headerField(s.head, "from"))
		for _, to := range s.to {
			s.mail.boxes.add(to, from, subject, s.body, at)
		}
	}
	return n
}

// headerField gives a field's body by its name in lower case, unfolded (RFC 5322 section 2.2.3), nil when it is not in the head.
func headerField(head []byte, name string) []byte {
	for len(head) > 0 {
		end := bytes.IndexByte(head, '\n')
		if end < 0 {
			end = len(head) - 1
		}
		line := head[:end+1]
		head = head[end+1:]
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return nil
		}
		if len(line) <= len(name) || line[len(name)] != ':' || !strings.EqualFold(string(line[:len(name)]), name) {
			continue
		}
		value := bytes.TrimSpace(line[len(name)+1:])
		if len(head) == 0 || head[0] != ' ' && head[0] != '\t' {
			return value
		}
		value = bytes.Clone(value)
		for len(head) > 0 && (head[0] == ' ' || head[0] == '\t') {
			end := max(bytes.IndexByte(head, '\n'), 0)
			if len(value) > 0 {
				value = append(value, ' ')
			}
			value = append(value, bytes.TrimSpace(head[:end+1])...)
			head = head[end+1:]
		}
		return value
	}
	return nil
}

// decodeHeader reads encoded words (RFC 2047); what cannot be read stays as it is.
func decodeHeader(b []byte) string {
	s := string(b)
	if !strings.Contains(s, "=?") {
		return s
	}
	d, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		return s
	}
	return d
}
