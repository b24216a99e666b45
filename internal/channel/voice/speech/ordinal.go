package speech

import "strings"

// dutchOrdinal says 1 to most: eerste, tweede, twintigste.
func dutchOrdinal(n int) string {
	said := dutchCardinal(n)
	for _, end := range []struct{ from, to string }{
		{"nul", "nulde"}, {"één", "eerste"}, {"twee", "tweede"}, {"drie", "derde"}, {"vier", "vierde"}, {"vijf", "vijfde"},
		{"zes", "zesde"}, {"zeven", "zevende"}, {"negen", "negende"}, {"tien", "tiende"}, {"elf", "elfde"}, {"twaalf", "twaalfde"},
	} {
		if before, ok := strings.CutSuffix(said, end.from); ok {
			return before + end.to
		}
	}
	if strings.HasSuffix(said, "acht") {
		return said + "ste"
	}
	if n%100 < 20 && n%100 > 12 {
		return said + "de"
	}
	return said + "ste"
}

// frenchOrdinal says 1 to most in the masculine: premier, deuxième, vingt et unième.
func frenchOrdinal(n int) string {
	if n == 1 {
		return "premier"
	}
	said := frenchCardinal(n)
	for _, end := range []struct{ from, to string }{{"cinq", "cinquième"}, {"neuf", "neuvième"}, {"vingts", "vingtième"}, {"cents", "centième"}} {
		if before, ok := strings.CutSuffix(said, end.from); ok {
			return before + end.to
		}
	}
	return strings.TrimSuffix(said, "e") + "ième"
}

// germanOrdinal says 1 to most without its ending: erst, zwölft, zwanzigst.
func germanOrdinal(n int) string {
	said := germanCardinal(n)
	for _, end := range []struct{ from, to string }{{"eins", "erst"}, {"drei", "dritt"}, {"sieben", "siebt"}, {"acht", "acht"}} {
		if before, ok := strings.CutSuffix(said, end.from); ok && n%100 < 20 {
			return before + end.to
		}
	}
	if n%100 < 20 && n%100 > 0 {
		return said + "t"
	}
	return said + "st"
}

// englishOrdinal says 1 to most: first, twelfth, twenty-first.
func englishOrdinal(n int) string {
	said := englishCardinal(n)
	for _, end := range []struct{ from, to string }{
		{"one", "first"}, {"two", "second"}, {"three", "third"}, {"five", "fifth"}, {"eight", "eighth"}, {"nine", "ninth"}, {"twelve", "twelfth"}, {"ty", "tieth"},
	} {
		if before, ok := strings.CutSuffix(said, end.from); ok {
			return before + end.to
		}
	}
	return said + "th"
}
