package entering

import (
	"fmt"
	"net/netip"
	"strings"
)

// families are what User-Agent headers say, most special first: many name others too.
var families = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"SamsungBrowser/", "Samsung Internet"},
	{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Chromium", "Chromium"}, {"Safari/", "Safari"}}

var systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
	{"Macintosh", "Mac"}, {"Linux", "Linux"}}

// Device says in a few words what a User-Agent is, such as "Firefox, Windows": enough for its owner to know it again, and no version that
// tells one device of thousands. "" when it says nothing known.
func Device(agent string) string {
	var words []string
	for _, list := range [][][2]string{families, systems} {
		for _, pair := range list {
			if strings.Contains(agent, pair[0]) {
				words = append(words, pair[1])
				break
			}
		}
	}
	return strings.Join(words, ", ")
}

// Roughly keeps of a network address what tells one's own provider or office from a strange one, and no more: two of four numbers, or the
// first 32 bits; "local" for an address of the own house, "" for none.
func Roughly(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	switch {
	case a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast():
		return "local"
	case a.Is4():
		four := a.As4()
		return fmt.Sprintf("%d.%d.…", four[0], four[1])
	}
	p, err := a.Prefix(32)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(p.Addr().String(), "::") + ":…"
}
