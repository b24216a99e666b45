package addressfile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var ligatures = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ĳ", "ij")

// Fold writes a name so that spellings which people take for the same are the same: small letters, no accents, every other sign one space.
// An apostrophe joins: "'t Hof" is "t hof", "l'église" is "leglise".
func Fold(s string) string {
	s = ligatures.Replace(strings.ToLower(s))
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			space = false
		case r == '\'' || r == '’' || r == '`' || r == '´' || unicode.Is(unicode.Mn, r):
		default:
			space = true
		}
	}
	return b.String()
}

// words are whole words with one meaning, brought to one short form; long names and their abbreviations meet there.
var words = map[string]string{
	"sint": "st", "sinte": "st", "saint": "st", "sainte": "st", "ste": "st", "sankt": "st",
	"straat": "str", "strasse": "str", "laan": "ln", "steenweg": "stwg", "steenwg": "stwg", "stw": "stwg", "plein": "pl", "place": "pl", "platz": "pl",
	"avenue": "av", "ave": "av", "boulevard": "bd", "bld": "bd", "blvd": "bd", "boul": "bd", "chaussee": "ch", "chee": "ch", "rue": "r", "route": "rte",
	"square": "sq", "onze": "o", "lieve": "l", "vrouw": "v", "vrouwe": "v", "notre": "n", "dame": "d",
	"dokter": "dr", "doctor": "dr", "docteur": "dr", "doktor": "dr", "burgemeester": "burg", "bourgmestre": "burg", "burgem": "burg", "bgm": "burg",
	"generaal": "gen", "general": "gen", "kanunnik": "kan", "pastoor": "past", "monseigneur": "mgr", "professor": "prof", "professeur": "prof",
	"koning": "kon", "koningin": "kon", "prins": "pr", "prinses": "pr", "prince": "pr", "princesse": "pr", "kapitein": "kap", "kolonel": "kol",
	"graaf": "gr", "gravin": "grav", "minister": "min", "gebroeders": "gebr", "meester": "mr", "ridder": "rid", "jonkheer": "jhr", "baron": "bar",
}

// endings are the same for words that are written in one with the name.
var endings = [][2]string{{"vrouwestraat", "vstr"}, {"vrouwstraat", "vstr"}, {"vrouwelaan", "vln"}, {"vrouwlaan", "vln"}, {"vrouweplein", "vpl"}, {"vrouwplein", "vpl"},
	{"straat", "str"}, {"strasse", "str"}, {"laan", "ln"}, {"steenweg", "stwg"}, {"steenwg", "stwg"}, {"plein", "pl"}, {"platz", "pl"}, {"vrouwe", "v"}, {"vrouw", "v"}}

// StreetKey brings a street name to the form under which all its usual spellings meet: "Sint-Jansstraat", "St. Jansstr." and "sint jans
// straat" have one key. Two streets of one municipality may share a key only when their names differ by such an abbreviation alone.
func StreetKey(name string) string {
	fields := strings.Fields(Fold(name))
	for i, f := range fields {
		if short, ok := words[f]; ok {
			fields[i] = short
			continue
		}
		for _, e := range endings {
			if stem, ok := strings.CutSuffix(f, e[0]); ok {
				fields[i] = stem + e[1]
				break
			}
		}
	}
	return strings.Join(fields, "")
}

// TownKey is the same for municipalities: "Sint-Vlier", "St Vlier".
func TownKey(name string) string {
	name, _, _ = strings.Cut(name, "(") // "Vlierbeek (Oost)"
	return StreetKey(name)
}

// HouseKey brings a house number and box to one form: "12 a" and "12A", box "0201" and "201".
func HouseKey(number, box string) string {
	key := strings.ToUpper(strings.Join(strings.Fields(number), ""))
	if box = strings.TrimLeft(strings.ToUpper(strings.Join(strings.Fields(box), "")), "0"); box != "" {
		key += "/" + box
	}
	return key
}
