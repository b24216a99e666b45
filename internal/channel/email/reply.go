package email

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The bounds of one reply. RFC 5321 section 4.5.3.1.5 allows 512 octets a line.
const (
	replyWidth = 4096 // octets of a line
	replyLines = 100
)

// errUnparseable is a reply that breaks the grammar of RFC 5321 section 4.2 or our bounds.
var errUnparseable = errors.New("unparseable reply")

// reply is one answer of the server. text is valid until the next read.
type reply struct {
	code int
	text []byte // of the first line, without code and line end
}

// readReply reads one reply of one or more lines. each, when not nil, gets the text of every line.
func readReply(r *bufio.Reader, each func(text []byte)) (reply, error) {
	var first reply
	for n := range replyLines {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return reply{}, errUnparseable
		}
		if err != nil {
			return reply{}, err
		}
		code, last, text, ok := splitReply(bytes.TrimRight(line, "\r\n"))
		if !ok || n > 0 && code != first.code {
			return reply{}, errUnparseable
		}
		if each != nil {
			each(text)
		}
		switch {
		case n == 0 && last:
			return reply{code, text}, nil
		case n == 0:
			first = reply{code, bytes.Clone(text)}
		case last:
			return first, nil
		}
	}
	return reply{}, errUnparseable
}

// splitReply reads one line: three digits, "-" when more lines follow, text.
func splitReply(line []byte) (code int, last bool, text []byte, ok bool) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' || line[2] < '0' || line[2] > '9' {
		return 0, false, nil, false
	}
	code = int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
	switch {
	case len(line) == 3:
		return code, true, nil, true
	case line[3] == ' ' || line[3] == '-':
		return code, line[3] == ' ', line[4:], true
	}
	return 0, false, nil, false
}

// enhanced gives the status code of RFC 3463 at the start of the text, such as "5.1.1", or "". Its class must be that of the reply (RFC 2034 section 4).
func (r reply) enhanced() string {
	word, _, _ := bytes.Cut(r.text, []byte(" "))
	if len(word) < 5 || len(word) > 9 || int(word[0]-'0') != r.code/100 || word[1] != '.' {
		return ""
	}
	dots := 0
	for i, b := range word {
		switch {
		case b == '.' && i < len(word)-1 && word[i+1] != '.':
			dots++
		case b < '0' || b > '9':
			return ""
		}
	}
	if dots != 2 {
		return ""
	}
	return string(word)
}

// label is the reply's code for a Failure: digits only, so that nothing of the text, which may hold an address, gets out.
func (r reply) label() string {
	if e := r.enhanced(); e != "" {
		return fmt.Sprintf("%03d %s", r.code, e)
	}
	return fmt.Sprintf("%03d", r.code)
}

// refusal is a reply that ends an envelope.
type refusal struct {
	reply
	step     step
	dataOpen bool // the server said 354 all the same, and waits for a mail
}

// isClosed tells whether err means that the other side ended the connection.
func isClosed(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isReset(err)
}
