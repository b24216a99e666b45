package buurtbel

import (
	_ "embed" // the country profiles are data, not code (rule 19)
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Country is a country profile: what differs by law and habit between countries (rule 19).
type Country struct {
	Code           string   `json:"code"`            // ISO 3166-1, such as "BE"
	Lines          []Line   `json:"lines"`           // emergency lines, most urgent first
	TextLine       string   `json:"text_line"`       // key of the sentence for who cannot call; "" when there is none
	NeedsCharter   bool     `json:"needs_charter"`   // a network works by a signed charter
	NeedsRecognise bool     `json:"needs_recognise"` // the interior ministry must have recognised the network
	TimeZone       string   `json:"time_zone"`       // IANA name
	Callable       []string `json:"callable"`        // countries whose numbers a zone may reach, unless it says otherwise
	Languages      Regime   `json:"languages"`       // languages of the country's networks
	Supervisor     Office   `json:"supervisor"`      // the supervisory authority over what police do with personal data
}

// Office is a public office by its names.
type Office struct {
	Names   map[Language]string `json:"names"` // at least one; an office has a name in its own country's languages
	Address string              `json:"address"`
	Web     string              `json:"web"`
}

// Named gives the office's name in a language, else in the first of ours in which it has one.
func (o Office) Named(l Language) string {
	for _, lang := range append([]Language{l}, Languages...) {
		if name := o.Names[lang]; name != "" {
			return name
		}
	}
	return ""
}

// Line is a telephone line that a person is told to call.
type Line struct {
	Number string `json:"number"` // as people dial it
	Use    string `json:"use"`    // "emergency", "police" or "local"
}

//go:embed countries.json
var countriesJSON []byte

var countries = sync.OnceValues(func() (map[string]Country, error) {
	var list []Country
	if err := json.Unmarshal(countriesJSON, &list); err != nil {
		return nil, fmt.Errorf("read country profiles: %w", err)
	}
	byCode := make(map[string]Country, len(list))
	for _, c := range list {
		byCode[c.Code] = c
	}
	return byCode, nil
})

// CountryProfile gives the profile of an ISO 3166-1 code. NotFound when there is none.
func CountryProfile(code string) (Country, error) {
	all, err := countries()
	if err != nil {
		return Country{}, err
	}
	c, ok := all[code]
	if !ok {
		return Country{}, Fail(NotFound, "error.country.unknown", Args{"Code": code})
	}
	return c, nil
}

// Calendar tells public holidays. Internal/holiday has the calendars of the countries.
type Calendar interface {
	// Holiday tells whether the day, read in its own location, is a public holiday. Weekends are not.
	Holiday(day time.Time) bool
}
