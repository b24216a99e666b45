package addressfile

import (
	"bytes"
	"slices"
	"strings"

	"github.com/buurtbel/buurtbel/internal/geo"
)

// layout knows where a file keeps what: the index of each field, -1 when it has none.
type layout struct {
	kind                                                 Layout
	delimiter                                            byte
	width                                                int
	id, box, house, postcode, region, status, x, y       int
	lat, lon                                             int
	streetNL, streetFR, streetDE, townNL, townFR, townDE int
	postNL, postFR                                       int
}

// header recognises the layout by its column names, in any order. All files of a package must have one layout.
func (s *stream) header(line []byte) error {
	line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	for _, delimiter := range []byte{',', ';', '\t'} {
		fields, whole := cut(nil, line, delimiter)
		if !whole {
			continue
		}
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = strings.ToLower(strings.TrimSpace(string(f)))
		}
		at := func(name string) int { return slices.Index(names, name) }
		l := layout{delimiter: delimiter, width: len(names), id: at("address_id"), box: at("box_number"), house: at("house_number"), postcode: at("postcode"), region: at("region_code"),
			status: at("status"), x: at("epsg:31370_x"), y: at("epsg:31370_y"), lat: at("epsg:4326_lat"), lon: at("epsg:4326_lon"),
			streetNL: at("streetname_nl"), streetFR: at("streetname_fr"), streetDE: at("streetname_de"),
			townNL: at("municipality_name_nl"), townFR: at("municipality_name_fr"), townDE: at("municipality_name_de"), postNL: at("postname_nl"), postFR: at("postname_fr"), kind: BeSt}
		if at("pkancode") >= 0 {
			l = layout{delimiter: delimiter, width: len(names), kind: CRAB, id: -1, box: -1, region: -1, status: -1, x: -1, y: -1, streetFR: -1, streetDE: -1, townFR: -1, townDE: -1, postNL: -1, postFR: -1,
				postcode: at("pkancode"), townNL: at("commune_nl"), streetNL: at("street_nl"), house: at("huisnr"), lat: at("lat"), lon: at("lon")}
		}
		if l.usable() && (s.report.Layout == "" || s.report.Layout == l.kind) {
			s.layout, s.report.Layout = l, l.kind
			return nil
		}
	}
	return fail("layout", nil)
}

func (l *layout) usable() bool {
	place := l.lat >= 0 && l.lon >= 0 || l.x >= 0 && l.y >= 0
	return place && l.house >= 0 && l.postcode >= 0 && max(l.streetNL, l.streetFR, l.streetDE) >= 0 && max(l.townNL, l.townFR, l.townDE) >= 0
}

// read fills the address from the fields. On a fault it gives the column and the reason.
func (l *layout) read(s *stream) (column int, reason string) {
	if len(s.fields) != l.width {
		return -1, "address.columns"
	}
	if status := s.field(l.status); len(status) > 0 && !bytes.EqualFold(status, []byte("current")) {
		return l.status, "address.status" // proposed, reserved, retired
	}
	a := &s.address
	*a = Address{Line: s.line}
	a.StreetNames = Names{NL: s.name(s.field(l.streetNL)), FR: s.name(s.field(l.streetFR)), DE: s.name(s.field(l.streetDE))}
	a.TownNames = Names{NL: s.name(s.field(l.townNL)), FR: s.name(s.field(l.townFR)), DE: s.name(s.field(l.townDE))}
	a.PostNames = Names{NL: s.name(s.field(l.postNL)), FR: s.name(s.field(l.postFR))}
	a.Street, a.Municipality = a.StreetNames.first(s.options.Languages), a.TownNames.first(s.options.Languages)
	a.PostalCode, a.HouseNumber, a.Box = s.name(s.field(l.postcode)), s.name(s.field(l.house)), s.name(s.field(l.box))
	switch {
	case a.Street == "":
		return max(l.streetNL, l.streetFR), "address.street"
	case a.HouseNumber == "" || len(a.HouseNumber) > 20:
		return l.house, "address.house-number"
	case a.Municipality == "":
		return max(l.townNL, l.townFR), "address.municipality"
	case !isPostalCode(a.PostalCode):
		return l.postcode, "address.postal-code"
	}
	if column, reason := l.place(s); reason != "" {
		return column, reason
	}
	a.Key = l.key(s)
	return 0, ""
}

func (s *stream) field(i int) []byte {
	if i < 0 || i >= len(s.fields) {
		return nil
	}
	return bytes.TrimSpace(s.fields[i])
}

// isPostalCode accepts those of Belgium (four digits) and the Netherlands (four digits, two letters).
func isPostalCode(code string) bool {
	if len(code) != 4 && len(code) != 6 || code[0] == '0' {
		return false
	}
	for i := range len(code) {
		digit, letter := code[i] >= '0' && code[i] <= '9', code[i] >= 'A' && code[i] <= 'Z'
		if i < 4 && !digit || i >= 4 && !letter {
			return false
		}
	}
	return true
}

// place reads degrees, or Lambert 72 where a region gives no degrees. The place must lie in or near the Low Countries.
func (l *layout) place(s *stream) (column int, reason string) {
	a := &s.address
	lat, okLat := number(s.field(l.lat))
	lon, okLon := number(s.field(l.lon))
	if !okLat || !okLon || lat == 0 && lon == 0 {
		x, okX := number(s.field(l.x))
		y, okY := number(s.field(l.y))
		p, known := geo.Lambert72.ToWGS84(x, y)
		switch {
		case !okX || !okY || x == 0 && y == 0:
			return max(l.lat, l.x), "address.coordinates"
		case !known:
			return l.x, "address.outside"
		}
		lat, lon = p.Lat, p.Lon
	}
	if !(lat > 49 && lat < 54 && lon > 2 && lon < 8) {
		return max(l.lat, l.x), "address.outside"
	}
	a.Lat, a.Lon = lat, lon
	return 0, ""
}

// key is the register's id; where the layout has none, the address itself, folded.
func (l *layout) key(s *stream) string {
	a := &s.address
	if id := s.field(l.id); len(id) > 0 {
		s.key = append(append(append(append(s.key[:0], "best/"...), s.field(l.region)...), '/'), id...)
		return string(s.key)
	}
	s.key = append(append(append(s.key[:0], a.PostalCode...), '/'), s.folded(a.Municipality)...)
	s.key = append(append(append(s.key, '/'), s.folded(a.Street)...), '/')
	s.key = append(s.key, HouseKey(a.HouseNumber, a.Box)...)
	return string(s.key)
}

// folded is Fold with the memory that names have.
func (s *stream) folded(name string) string {
	cached := "\x00" + name
	if f, ok := s.cache[cached]; ok {
		return f
	}
	f := strings.ReplaceAll(Fold(name), " ", "-")
	s.cache[cached] = f
	return f
}
