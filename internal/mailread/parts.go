package mailread

import (
	"bytes"
	"mime"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// part reads one part of a mail, or the mail itself, and those in it.
func (r *reading) part(h header, body []byte, depth int) *buurtbel.Error {
	if r.parts++; r.parts > maxParts {
		return refuse("error.mail.too-many-parts")
	}
	media, params := contentType(h)
	if strings.HasPrefix(media, "multipart/") {
		if depth == maxDepth {
			return refuse("error.mail.too-deep")
		}
		if media == "multipart/encrypted" {
			r.fault(Encrypted)
		}
		if done, err := r.pieces(body, params["boundary"], media, depth); done || err != nil {
			return err
		}
		media, params = "text/plain", map[string]string{} // what says that it is divided and is not
	}
	return r.leaf(h, media, params, body)
}

// contentType reads Content-Type leniently: what cannot be read is plain text, except that a type which is there is kept without its parameters.
func contentType(h header) (string, map[string]string) {
	value := h.get("Content-Type")
	if value == "" {
		return "text/plain", map[string]string{}
	}
	media, params, err := mime.ParseMediaType(clip(value, 8192))
	if err == nil || media != "" {
		if params == nil {
			params = lenientParams(value)
		}
		return media, params
	}
	media, _, _ = strings.Cut(value, ";")
	if media = strings.ToLower(strings.TrimSpace(media)); !strings.Contains(media, "/") {
		media = "text/plain"
	}
	return media, lenientParams(value)
}

// lenientParams reads the parameters of a field that does not obey the grammar, such as one with an unquoted boundary that holds a colon.
func lenientParams(value string) map[string]string {
	params := map[string]string{}
	for i, piece := range strings.SplitN(value, ";", 20) {
		name, text, ok := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, there := params[name]; i > 0 && ok && !there {
			params[name] = strings.Trim(strings.TrimSpace(text), `"`)
		}
	}
	return params
}

// pieces divides a multipart (RFC 2046 section 5.1.1) and reads each piece. It reports false when there is no such boundary in it.
func (r *reading) pieces(body []byte, boundary, media string, depth int) (bool, *buurtbel.Error) {
	if boundary == "" || len(boundary) > 200 {
		r.fault(NoBoundary)
		return false, nil
	}
	mark := []byte("--" + boundary)
	rest, last, found := afterBoundary(body, mark)
	if !found {
		r.fault(NoBoundary)
		return false, nil
	}
	for !last {
		piece, after, end, more := nextPiece(rest, mark)
		if !more {
			r.fault(OpenBoundary)
		}
		h, inner, err := r.split(piece)
		if err != nil {
			return true, err
		}
		if len(h) == 0 && media == "multipart/digest" {
			h = header{{"content-type", "message/rfc822"}}
		}
		if err := r.part(h, inner, depth+1); err != nil {
			return true, err
		}
		rest, last = after, end || !more
	}
	return true, nil
}

// afterBoundary skips what stands before the first boundary.
func afterBoundary(body, mark []byte) (rest []byte, last, found bool) {
	_, rest, last, found = nextPiece(body, mark)
	return rest, last, found
}

// nextPiece gives what stands before the next boundary line, and what follows it; last when that line is the closing one.
func nextPiece(body, mark []byte) (piece, rest []byte, last, found bool) {
	for from := 0; ; {
		i := bytes.Index(body[from:], mark)
		if i < 0 {
			return body, nil, false, false
		}
		i += from
		from = i + len(mark)
		if i > 0 && body[i-1] != '\n' { // looked at before the line is: a line is then read once
			continue
		}
		line, after := cutLine(body[from:])
		if len(bytes.TrimSpace(bytes.TrimPrefix(line, []byte("--")))) == 0 {
			return beforeLineEnd(body[:i]), after, bytes.HasPrefix(line, []byte("--")), true
		}
	}
}

// beforeLineEnd takes off the line end that belongs to the boundary behind it.
func beforeLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// leaf reads a part that is not divided.
func (r *reading) leaf(h header, media string, params map[string]string, body []byte) *buurtbel.Error {
	decoded := r.decode(h.get("Content-Transfer-Encoding"), body)
	disposition, name := r.fileName(h, params)
	switch {
	case media == "message/delivery-status" || media == "message/global-delivery-status":
		r.reports = append(r.reports, decoded)
		return nil
	case media == "message/feedback-report":
		r.feedback = decoded
		return nil
	case media == "message/disposition-notification":
		r.receipt = true
		return nil
	case isReturned(media):
		if r.returned == nil {
			r.returned = decoded
		}
		if media == "message/rfc822" {
			r.attach(name, media, decoded)
		}
		return nil
	case (media == "text/plain" || media == "text/html") && disposition != "attachment" && name == "":
		r.text(media, params, decoded)
		return nil
	}
	switch {
	case media == "application/ms-tnef" || media == "application/vnd.ms-tnef" || strings.EqualFold(name, "winmail.dat"):
		r.fault(UnopenedRichText)
	case media == "application/pkcs7-mime" || media == "application/x-pkcs7-mime" || media == "application/pgp-encrypted":
		r.fault(Encrypted)
	}
	r.attach(name, media, decoded)
	return nil
}

func isReturned(media string) bool {
	return media == "message/rfc822" || media == "text/rfc822-headers" || media == "text/rfc822" || media == "message/global" || media == "message/global-headers"
}

func (r *reading) attach(name, media string, decoded []byte) {
	r.mail.Attachments = append(r.mail.Attachments, Attachment{Name: name, Type: clip(strings.ToValidUTF8(media, "\uFFFD"), maxPhrase), Bytes: len(decoded)})
}

// fileName reads Content-Disposition and the older name parameter.
func (r *reading) fileName(h header, params map[string]string) (disposition, name string) {
	value := clip(h.get("Content-Disposition"), 8192)
	disposition, more, err := mime.ParseMediaType(value)
	if err != nil {
		disposition, _, _ = strings.Cut(value, ";")
		disposition, more = strings.ToLower(strings.TrimSpace(disposition)), lenientParams(value)
	}
	if name = more["filename"]; name == "" {
		name = params["name"]
	}
	return disposition, phrase(name)
}
