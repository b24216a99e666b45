package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestWhatAMemberToldStandsOnTheOwnPage: the coordinator notes an absence and a stopped number on the member's card; the member reads it on the own
// page, also who noted it, and the other way round.
func TestWhatAMemberToldStandsOnTheOwnPage(t *testing.T) {
	s := found(t)
	c, path := s.as(s.members[0]), "/members/"+s.kerkveld.String()+"/"+s.members[4].String()
	day := time.Now().In(brussels(t)).AddDate(0, 0, 5)
	c.want(path, http.StatusSeeOther, url.Values{"do": {"away"}, "until": {day.Format(time.DateOnly)}, "how": {"telephone"}})
	if a := s.self(s.members[4]).Member.Away; !a.Contains(day) || a.Contains(day.AddDate(0, 0, 1)) {
		t.Errorf("away %v", a)
	}
	b := s.ownAs(s.members[4])
	if !s.changed(4, "away") {
		t.Error("the member does not find the change again")
	}
	b.want("/me/away", http.StatusSeeOther, url.Values{"do": {"home"}})
	if card := c.get(path); strings.Contains(card.body, `value="back"`) {
		t.Error("the card still says that the member is away")
	}
	for _, wrong := range []url.Values{{"do": {"away"}, "how": {"own-page"}, "until": {day.Format(time.DateOnly)}}, {"do": {"away"}, "how": {"telephone"}},
		{"do": {"away"}, "how": {"telephone"}, "until": {day.AddDate(2, 0, 0).Format(time.DateOnly)}}, {"do": {"back"}, "how": {"dream"}}} {
		c.want(path, http.StatusUnprocessableEntity, wrong)
	}
	// The coordinator's own card is no own page either.
	c.want("/members/"+s.kerkveld.String()+"/"+s.members[0].String(), http.StatusUnprocessableEntity, url.Values{"do": {"back"}, "how": {"own-page"}})
}

// changed tells whether a member's copy of the own data says that something was changed.
func (s *site) changed(member int, what string) bool {
	s.Helper()
	body := s.ownAs(s.members[member]).get("/me/data.json").body
	return strings.Contains(body, `"`+what+`"`) && strings.Contains(body, "telephone")
}
