package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/locale"
	"github.com/buurtbel/buurtbel/internal/token"
)

// Code is the public page on which anybody learns whether a message is real: by its short code, without signing in and without script.
type Code struct {
	Action string
	Code   Field
	Asked  string   // the code that was looked up; "" shows the form alone
	Real   bool     // it is an alert's
	Drill  bool     // and the alert was an exercise
	Says   []string // what is known of it, or what to do; the first is the verdict
	Lines  []Fact   // whom to call, by zone; empty when the sentence says it
}

func (Code) template() string { return "code" }

// checkRoutes is the page for who doubts: open to everybody, and it tells nothing but what an SMS with the code tells.
func (s *Server) checkRoutes() []route {
	return []route{{method: "GET", path: "/check", open: true, handler: (*visit).check}}
}

const (
	mostChecks = 300 // looks at codes from one address within a minute: a whole street behind one telephone mast
	mostMisses = 20  // of these, codes that do not exist: beyond it nobody guesses on
)

// check tells whether a code is an alert's. Nothing is known of who asks, and nothing is kept.
func (v *visit) check() error {
	page := Code{Action: "/check", Code: Field{Name: "code", Label: v.t("screen.check.code"), Hint: v.t("screen.check.hint"), Auto: "off", Mode: "text"}}
	typed := v.r.URL.Query().Get("code")
	if strings.TrimSpace(typed) != "" {
		code, readable := token.ReadAlertCode(typed)
		page.Code.Value = firstOf(typed, 32)
		if readable {
			page.Code.Value = code
		}
		if err := v.verdict(&page, code, readable); err != nil {
			return err
		}
	}
	f := v.frame(v.t("screen.check.title"), Calm)
	f.Shape, f.Listed, f.About = Bare, page.Asked == "", v.t("screen.check.lead")
	if page.Drill {
		f.Mode = Exercise
	}
	return v.respond(http.StatusOK, f, page)
}

// firstOf gives the first characters of what was typed, without those that no keyboard makes.
func firstOf(typed string, most int) string {
	r := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(typed, "")))
	return string(r[:min(most, len(r))])
}

// verdict fills in what is known of a code. What can be no code is not known either.
func (v *visit) verdict(page *Code, code string, readable bool) error {
	from := v.origin()
	if err := v.s.checks.pass(from, v.now); err != nil {
		return err
	}
	if err := v.s.misses.full(from, v.now); err != nil {
		return err
	}
	page.Asked = page.Code.Value
	if readable {
		known, err := v.s.o.Desk.Known(v.r.Context(), code)
		if err == nil {
			page.Real, page.Drill, page.Says = true, known.Exercise, known.Sentences(v.lang, v.now)
			return nil
		}
		if buurtbel.KindOf(err) != buurtbel.NotFound {
			return err
		}
	}
	if err := v.s.misses.pass(from, v.now); err != nil {
		return err
	}
	return v.unknownCode(page)
}

// unknownCode says what to do about a code that nobody knows: whom to call.
func (v *visit) unknownCode(page *Code) error {
	zones, err := v.zones()
	if err != nil {
		return err
	}
	var numbers []string
	for _, z := range zones {
		lines, err := z.EmergencyLines()
		if err != nil {
			return err
		}
		if number := localLine(lines); number != "" {
			page.Lines = append(page.Lines, Fact{z.Name, number})
			numbers = append(numbers, number)
		}
	}
	if numbers = slices.Compact(slices.Sorted(slices.Values(numbers))); len(numbers) == 1 {
		page.Says, page.Lines = []string{locale.Text(v.lang, "message.check.unknown", buurtbel.Args{"Line": numbers[0]})}, nil
		return nil
	}
	page.Says = []string{v.t("screen.check.unknown")}
	return nil
}

// localLine gives the number to call about something that is not urgent: the zone's own, else that of the police, else the first.
func localLine(lines []buurtbel.Line) string {
	for _, use := range []string{"local", "police"} {
		for _, l := range lines {
			if l.Use == use {
				return l.Number
			}
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return lines[0].Number
}
