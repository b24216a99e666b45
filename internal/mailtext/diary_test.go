package mailtext

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message/mail"

	"github.com/buurtbel/buurtbel"
)

const diary = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:CANCEL\r\nSUMMARY:Zaal é\\, een lange naam die over de rand van een regel gaat en daarom gev\r\n ouwen is\r\nEND:VCALENDAR\r\n"

// attached reads a mail back: its inline parts by type, and the one attached file.
func attached(t *testing.T, raw []byte) (inline map[string]string, params map[string]string, name, file string) {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	inline = map[string]string{}
	for {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return inline, params, name, file
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		switch h := p.Header.(type) {
		case *mail.InlineHeader:
			kind, _, err := h.ContentType()
			if err != nil {
				t.Fatal(err)
			}
			inline[kind] = string(body)
		case *mail.AttachmentHeader:
			kind, found, err := h.ContentType()
			if err != nil || kind != "text/calendar" || file != "" {
				t.Fatalf("%s, %v", kind, err)
			}
			params, file = found, string(body)
			if name, err = h.Filename(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestAFileForTheCalendarGoesAlong(t *testing.T) {
	for _, html := range []string{dutch().HTML, ""} {
		l := dutch()
		l.HTML, l.Diary = html, &buurtbel.Diary{Method: "CANCEL", File: diary}
		raw := write(t, l, copyOf("lid@example.org"))
		checkLines(t, raw)
		inline, params, name, file := attached(t, raw)
		if file != diary || name != "meeting.ics" || params["method"] != "CANCEL" || params["charset"] != "utf-8" {
			t.Errorf("%q %v %q", name, params, file)
		}
		if !strings.Contains(inline["text/plain"], copyOf("").Link) || (inline["text/html"] == "") != (html == "") {
			t.Errorf("%v", inline)
		}
	}
}

// What configures a method wrongly is refused: it stands in a header field.
func TestAMethodOfACalendarIsOneOfTwo(t *testing.T) {
	for _, method := range []string{"", "REQUEST", "PUBLISH\r\nBcc: x@example.org"} {
		l := dutch()
		l.Diary = &buurtbel.Diary{Method: method, File: diary}
		if _, err := Prepare(l); buurtbel.KindOf(err) != buurtbel.Internal {
			t.Errorf("%q: %v", method, err)
		}
	}
}
