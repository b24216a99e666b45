package addressfile

import "testing"

func TestParseHouse(t *testing.T) {
	for text, want := range map[string]House{
		"12": {"12", ""}, "012": {"12", ""}, "12a": {"12A", ""}, "12 A": {"12A", ""}, "12 bis": {"12BIS", ""}, "3-5": {"3-5", ""}, "3 - 5": {"3-5", ""}, "1_1": {"1_1", ""},
		"12 bus 3": {"12", "3"}, "12bus3": {"12", "3"}, "12 BTE 4": {"12", "4"}, "12 boîte 4": {"12", "4"}, "12/3": {"12", "3"}, "12 / 3": {"12", "3"}, "12A/0201": {"12A", "0201"},
		"12 A bus 0201": {"12A", "0201"}, "12 b 3": {"12", "3"}, "12 b": {"12B", ""}, "nr. 12": {"12", ""}, "12, bus 3": {"12", "3"}, "12 app. 2": {"12", "2"}, "12/A": {"12", "A"}, "12A1": {"12A1", ""},
	} {
		if got, ok := ParseHouse(text); !ok || got != want {
			t.Errorf("ParseHouse(%q) = %v %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "A", "0", "Vlierlaan 12", "12 Vlierlaan", "2026-05-03", "12 en 14", "123456"} {
		if got, ok := ParseHouse(text); ok {
			t.Errorf("ParseHouse(%q) = %v", text, got)
		}
	}
}

func TestSplitLine(t *testing.T) {
	for line, want := range map[string]struct {
		street string
		house  House
	}{
		"Vlierlaan 12": {"Vlierlaan", House{"12", ""}}, "Vlierlaan 12 bus 3": {"Vlierlaan", House{"12", "3"}}, "Vlierlaan, 12": {"Vlierlaan", House{"12", ""}},
		"Vlierlaan nr. 12": {"Vlierlaan", House{"12", ""}}, "12, rue du Sureau": {"rue du Sureau", House{"12", ""}}, "Rue du Sureau 12 bte 4": {"Rue du Sureau", House{"12", "4"}},
		"Plein 1830 12": {"Plein 1830", House{"12", ""}}, "Sint-Jansstr.12": {"Sint-Jansstr", House{"12", ""}}, "Vlierlaan 3-5": {"Vlierlaan", House{"3-5", ""}},
		"Vlierlaan 12 A": {"Vlierlaan", House{"12A", ""}}, "Vlierlaan": {"Vlierlaan", House{}}, "8 Meistraat 4": {"8 Meistraat", House{"4", ""}},
	} {
		street, house, ok := SplitLine(line)
		if street != want.street || house != want.house || ok != (want.house != House{}) {
			t.Errorf("SplitLine(%q) = %q %v %v", line, street, house, ok)
		}
	}
}

func TestStreetKeysMeet(t *testing.T) {
	for _, same := range [][]string{
		{"Sint-Jansstraat", "St. Jansstr.", "sint jans straat", "ST-JANSSTRAAT"}, {"Crèmelaan", "Cremelaan", "CRÈMELN"}, {"O.-L.-Vrouwstraat", "Onze-Lieve-Vrouwstraat", "OLV-straat", "O.L.V.-straat"},
		{"Avenue du Sureau", "Av. du Sureau"}, {"Rue de l'Église", "rue de l’eglise", "R. de l'Eglise"}, {"Vliersesteenweg", "Vliersestwg", "Vliersesteenwg."}, {"Dr. Vlierlaan", "Dokter Vlierlaan"},
		{"'t Vlierhof", "t Vlierhof"},
	} {
		for _, s := range same[1:] {
			if StreetKey(s) != StreetKey(same[0]) {
				t.Errorf("%q is %q, %q is %q", s, StreetKey(s), same[0], StreetKey(same[0]))
			}
		}
	}
	if StreetKey("Vlierlaan") == StreetKey("Vlierstraat") || StreetKey("Vlierlaan") == StreetKey("Vliersteenweg") {
		t.Error("different streets meet")
	}
	if HouseKey("12 a", "0201") != HouseKey("12A", "201") {
		t.Error("house keys differ")
	}
}
