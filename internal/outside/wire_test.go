package outside

import (
	"strings"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// FuzzSubmit: no octets from outside make the parser fail in another way than with a status, and what it accepts lies within bounds.
func FuzzSubmit(f *testing.F) {
	f.Add([]byte("\x00\x01\x018810\x00\x01\x0132455000001\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x05hallo"))
	f.Add([]byte("\x00\x01\x018810\x00\x01\x0132455000001\x00\x40\x00\x00\x00\x00\x01\x00\x08\x00\x0a\x05\x00\x03\x2a\x02\x01\xd8\x3d\xdd\x14"))
	f.Add([]byte("\x00\x00\x00\x00\x01\x0132455000001\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x04\x24\x00\x02hi\x02\x0e\x00\x01\x03"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var m submit
		if parseSubmit(body, &m) != statusOK {
			return
		}
		if m.number == 0 || m.part == 0 || m.part > m.total {
			t.Errorf("accepted: number %d, part %d of %d", m.number, m.part, m.total)
		}
		appendText(nil, m.coding, m.text)
		validitySeconds(m.validity, 1)
		l := newSMSLog(nil, nil)
		l.add(&m, appendText(nil, m.coding, m.text), 1, 1)
		l.summary("")
	})
}

// FuzzMailHead: any head gives fields without failing.
func FuzzMailHead(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?q?x?=\r\n y\r\nMessage-ID:<a@b>\r\n\r\nbody"))
	f.Fuzz(func(_ *testing.T, head []byte) {
		decodeHeader(headerField(head, "subject"))
		bodies(head)
	})
}

func FuzzMailPath(f *testing.F) {
	f.Add("TO:<a@b> NOTIFY=NEVER")
	f.Fuzz(func(t *testing.T, rest string) {
		if a, ok := mailPath(rest, "TO:"); ok && strings.ContainsAny(a, "<> ") {
			t.Errorf("path %q", a)
		}
	})
}

// What a telephone writes comes back whole from its parts, and no part is longer than the air allows.
func TestWriteParts_comeBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("abc é[]€~Çç🔔ê\n"))
		text := string(rapid.SliceOfN(letters, 1, 500).Draw(t, "text"))
		var got []byte
		for _, p := range writeParts(text, 7) {
			body, header := p.body, 0
			if p.udhi {
				header = 1 + int(body[0])
				body = body[header:]
			}
			if !fits(header, len(body), p.coding) {
				t.Fatalf("a part of %d octets, coding %d", len(body), p.coding)
			}
			got = appendText(got, p.coding, body)
		}
		if string(got) != text {
			t.Fatalf("%q came back as %q", text, got)
		}
	})
}

func TestHeap_givesTheEarliest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h heap
		for _, due := range rapid.SliceOf(rapid.Int64()).Draw(t, "due") {
			h.push(item{due: due})
		}
		for last := int64(-1 << 63); len(h) > 0; {
			it := h.pop()
			if it.due < last {
				t.Fatalf("%d after %d", it.due, last)
			}
			last = it.due
		}
	})
}

func TestValidity(t *testing.T) {
	at := int64(1795305600e9) // 2026-11-22 00:00 UTC
	for text, want := range map[string]uint32{"": 0, "000000010000000R": 3600, "000001000000000R": 86400, "261122010000000+": 3600,
		"261122020000004+": 3600, "261121230000008-": 3600, "261121230000000+": 0, "x61121230000000+": 0, "261122010000000?": 0} {
		if got := validitySeconds([]byte(text), at); got != want {
			t.Errorf("%q: %d s, want %d", text, got, want)
		}
	}
}

// A million entries stay far below 150 MB.
func TestLog_isCompact(t *testing.T) {
	if size := unsafe.Sizeof(entry{}); size > 48 {
		t.Errorf("%d octets an entry", size)
	}
}
