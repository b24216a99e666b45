package buurtbel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

// TestRule16_OnlyNewsStops: the kinds that one tap stops are bulletins and digests, and nothing that somebody must have.
func TestRule16_OnlyNewsStops(t *testing.T) {
	for kind, want := range map[buurtbel.MessageKind]bool{
		buurtbel.KindLaunch: false, buurtbel.KindUpdate: false, buurtbel.KindCorrection: false, buurtbel.KindAllClear: false, buurtbel.KindFeedback: false, buurtbel.KindCode: false,
		buurtbel.KindAnswer: false, buurtbel.KindReport: false, buurtbel.KindProbe: false, buurtbel.KindMeeting: false, buurtbel.KindBulletin: true, "digest": true, "": false, "anything": false,
	} {
		if kind.Stoppable() != want {
			t.Errorf("%q: %t", kind, !want)
		}
	}
}

func TestWhenAMailboxRests(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ago := func(hours ...int) (out []time.Time) {
		for _, h := range hours {
			out = append(out, now.Add(-time.Duration(h)*time.Hour))
		}
		return out
	}
	for _, c := range []struct {
		name      string
		rest      buurtbel.MailRest
		complaint bool
		returned  []time.Time
		want      buurtbel.MailRest
	}{
		{"nothing", "", false, nil, ""}, {"one came back", "", false, ago(0), ""}, {"a bad hour", "", false, ago(0, 1, 2, 3), ""}, {"two days", "", false, ago(0, 20), buurtbel.RestByReturn},
		{"in no order", "", false, ago(5, 30, 1), buurtbel.RestByReturn}, {"long ago", "", false, ago(0, 24*181), ""}, {"a complaint", "", true, nil, buurtbel.RestByComplaint},
		{"a complaint after returns", buurtbel.RestByReturn, true, nil, buurtbel.RestByComplaint}, {"the wish stays", buurtbel.RestByWish, true, ago(0, 48), buurtbel.RestByWish},
		{"the complaint stays", buurtbel.RestByComplaint, false, ago(0, 48), buurtbel.RestByComplaint}, {"rest stays", buurtbel.RestByReturn, false, nil, buurtbel.RestByReturn},
	} {
		if got := buurtbel.RestAfter(c.rest, c.complaint, c.returned, now); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNewsByMail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rest := rapid.SampledFrom([]buurtbel.MailRest{"", buurtbel.RestByWish, buurtbel.RestByComplaint, buurtbel.RestByReturn}).Draw(t, "rest")
		counted, sent, most := rapid.Bool().Draw(t, "counted"), rapid.IntRange(0, 9).Draw(t, "sent"), rapid.IntRange(1, 9).Draw(t, "most")
		got := buurtbel.News(rest, counted, sent, most)
		if got == buurtbel.NewsGoes && (rest != "" || !counted && sent >= most) {
			t.Fatal("goes")
		}
		if (rest == buurtbel.RestByWish || rest == buurtbel.RestByComplaint) != (got == buurtbel.NewsStops) || (rest == buurtbel.RestByReturn) != (got == buurtbel.NewsElsewhere) {
			t.Fatal(got)
		}
	})
	if z := (&buurtbel.Zone{}); z.MostMails() != buurtbel.DefaultMails || (&buurtbel.Zone{Mails: 7}).MostMails() != 7 {
		t.Error(z.MostMails())
	}
}
