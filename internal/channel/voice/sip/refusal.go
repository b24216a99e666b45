package sip

import (
	"errors"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/channel/voice"
)

type voiceRefusal = voice.Refusal

// refusal reads a final answer that is no 2xx (RFC 3261 section 21). rang tells whether a 180 or 183 came before it.
func refusal(res *gosip.Response, rang bool) *voiceRefusal {
	after := retryAfter(headerValue(res, "Retry-After"))
	r := &voiceRefusal{Rang: rang, After: after, Code: strconv.Itoa(res.StatusCode) + " " + standardPhrase(res.StatusCode)}
	r.Reason, r.Temporary = reasonOf(res.StatusCode, after > 0)
	return r
}

// reasonOf sorts the answers of carriers. Redirections are not followed: a number may not lead to one that is not allowed.
func reasonOf(status int, later bool) (reason buurtbel.Reason, temporary bool) {
	switch status {
	case 486, 600:
		return buurtbel.LineBusy, true
	case 408, 480, 487:
		return buurtbel.NoAnswer, true
	case 403, 405, 433, 603, 607, 608: // 607 and 608: unwanted, rejected by an intermediary (RFC 8197, RFC 8688)
		return buurtbel.Rejected, false
	case 404, 410, 414, 416, 484, 485, 604:
		return buurtbel.InvalidAddress, false
	case 401, 407:
		return buurtbel.Credentials, false
	case 429:
		return buurtbel.Throttled, true
	case 503:
		if later {
			return buurtbel.Throttled, true
		}
		return buurtbel.Unreachable, true
	case 488, 606: // no common sound
		return buurtbel.Rejected, false
	}
	switch {
	case status >= 500 && status < 600:
		return buurtbel.Unreachable, true
	case status >= 300 && status < 400:
		return buurtbel.Rejected, false
	}
	return buurtbel.Other, false
}

// standardPhrase replaces the carrier's own words, which may hold a number.
func standardPhrase(status int) string {
	if p, ok := phrases[status]; ok {
		return p
	}
	return "without a name of the standard"
}

var phrases = map[int]string{
	301: "Moved Permanently", 302: "Moved Temporarily", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
	404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout", 410: "Gone",
	413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
	420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
	429: "Too Many Requests", 433: "Anonymity Disallowed", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
	482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete", 485: "Ambiguous", 486: "Busy Here", 487: "Request Terminated",
	488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway",
	503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large", 580: "Precondition Failure",
	600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted", 608: "Rejected",
}

// retryAfter reads "18000;duration=3600 (in a meeting)" (RFC 3261 section 20.33); 0 when it cannot, at most a day.
func retryAfter(s string) time.Duration {
	digits := strings.TrimSpace(s)
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, 24*time.Hour)
}

// lost is a call whose carrier stopped answering. Who was ringing may have picked up to silence, so that case is uncertain.
func lost(rang bool, err error) *voiceRefusal {
	r := &voiceRefusal{Reason: buurtbel.Unreachable, Temporary: true, Rang: rang, Uncertain: rang, Code: "connection lost"}
	if errors.Is(err, errSilent) {
		r.Code = "no answer from the carrier"
	}
	return r
}

var errSilent = errors.New("the carrier does not answer")

func headerValue(m interface{ GetHeader(string) gosip.Header }, name string) string {
	if h := m.GetHeader(name); h != nil {
		return h.Value()
	}
	return ""
}
