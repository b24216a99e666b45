package mailtext

import (
	"encoding/base64"
)

// diaryMethods are what a file for a calendar may say that it is (RFC 5546 section 1.4). Nobody is asked to answer by a program, so REQUEST and REPLY are
// not among them: an answer is a tap on the link.
var diaryMethods = []string{"PUBLISH", "CANCEL"}

// mixed writes the letter and, behind it, a file for the reader's calendar (RFC 6047 section 2.4: the method stands in the type too). It is attached and
// not an alternative: a reader without a calendar still sees the letter, and one with a calendar is offered the file.
func (t *Template) mixed(l *Letter) error {
	outer := "mixed-" + l.boundary()
	t.head = append(l.headers(`multipart/mixed; boundary="`+outer+`"`), "\r\n"...)
	t.raw([]byte("--" + outer + "\r\n"))
	if l.HTML == "" {
		t.raw([]byte("Content-Type: text/plain; charset=utf-8\r\n" + transfer + ": quoted-printable\r\n\r\n"))
		t.part(l.Text, l.Mark, inText)
	} else {
		t.raw([]byte(`Content-Type: multipart/alternative; boundary="` + l.boundary() + "\"\r\n\r\n"))
		if err := t.alternatives(l); err != nil {
			return err
		}
	}
	t.raw([]byte("\r\n--" + outer + "\r\nContent-Type: text/calendar; charset=utf-8; method=" + l.Diary.Method + "; name=\"meeting.ics\"\r\n" +
		"Content-Disposition: attachment; filename=\"meeting.ics\"\r\n" + transfer + ": base64\r\n\r\n"))
	t.raw(base64Lines(l.Diary.File))
	t.raw([]byte("--" + outer + "--\r\n"))
	return nil
}

// base64Lines is the base64 form of s in lines of 76 characters (RFC 2045 section 6.8): every octet comes out as it went in, the folds of its lines too.
func base64Lines(s string) []byte {
	all := base64.StdEncoding.EncodeToString([]byte(s))
	out := make([]byte, 0, len(all)+len(all)/38+2)
	for len(all) > 0 {
		n := min(76, len(all))
		out = append(append(out, all[:n]...), "\r\n"...)
		all = all[n:]
	}
	return out
}
