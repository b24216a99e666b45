package speech

import "strings"

// most is the largest number that is said as one; a longer one is said digit by digit.
const most = 999_999_999

var dutchSmall = strings.Fields("nul één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien")
var dutchTens = strings.Fields("- - twintig dertig veertig vijftig zestig zeventig tachtig negentig")

// dutchCardinal says 0 to most. A lone one carries its accents, because a voice reads "een" as the article.
func dutchCardinal(n int) string {
	switch {
	case n < 20:
		return dutchSmall[n]
	case n < 100:
		return dutchUnder100(n)
	case n < 1000:
		return dutchHundreds(n)
	case n < 1_000_000:
		return dutchThousands(n)
	}
	return strings.TrimSpace(dutchCardinal(n/1_000_000) + " miljoen " + dutchRest(n%1_000_000))
}

func dutchUnder100(n int) string {
	unit, tens := n%10, dutchTens[n/10]
	switch {
	case unit == 0:
		return tens
	case unit == 2 || unit == 3:
		return dutchSmall[unit] + "ën" + tens
	case unit == 1:
		return "eenen" + tens
	}
	return dutchSmall[unit] + "en" + tens
}

// dutchHundreds joins as Belgians do: "honderd en één", "honderdtwaalf".
func dutchHundreds(n int) string {
	said, rest := "honderd", n%100
	if n >= 200 {
		said = dutchSmall[n/100] + said
	}
	switch {
	case rest == 0:
		return said
	case rest < 10:
		return said + " en " + dutchSmall[rest]
	}
	return said + dutchCardinal(rest)
}

func dutchThousands(n int) string {
	said := "duizend"
	if n >= 2000 {
		said = dutchCardinal(n/1000) + said
	}
	return strings.TrimSpace(said + " " + dutchRest(n%1000))
}

func dutchRest(n int) string {
	if n == 0 {
		return ""
	}
	return dutchCardinal(n)
}

var frenchSmall = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
var frenchTens = strings.Fields("- - vingt trente quarante cinquante soixante septante quatre-vingt nonante")

// frenchCardinal counts as Belgians do: septante, quatre-vingts, nonante.
func frenchCardinal(n int) string {
	switch {
	case n < 20:
		return frenchSmall[n]
	case n < 100:
		return frenchUnder100(n)
	case n < 1000:
		return frenchHundreds(n)
	case n < 1_000_000:
		return strings.TrimSpace(frenchThousands(n/1000) + " " + frenchRest(n%1000))
	case n < 2_000_000:
		return strings.TrimSpace("un million " + frenchRest(n%1_000_000))
	}
	return strings.TrimSpace(frenchCardinal(n/1_000_000) + " millions " + frenchRest(n%1_000_000))
}

// frenchThousands says how many thousands; cents and quatre-vingts lose their s before mille.
func frenchThousands(n int) string {
	if n == 1 {
		return "mille"
	}
	said := frenchCardinal(n)
	if n%100 == 80 || n%100 == 0 {
		said = strings.TrimSuffix(said, "s")
	}
	return said + " mille"
}

func frenchRest(n int) string {
	if n == 0 {
		return ""
	}
	return frenchCardinal(n)
}

func frenchUnder100(n int) string {
	unit, tens := n%10, frenchTens[n/10]
	switch {
	case n == 80:
		return "quatre-vingts"
	case unit == 0:
		return tens
	case unit == 1 && n != 81:
		return tens + " et un"
	}
	return tens + "-" + frenchSmall[unit]
}

func frenchHundreds(n int) string {
	said, rest := "cent", n%100
	if n >= 200 {
		said = frenchSmall[n/100] + " cent"
	}
	switch {
	case rest == 0 && n >= 200:
		return said + "s"
	case rest == 0:
		return said
	}
	return said + " " + frenchCardinal(rest)
}

var germanSmall = strings.Fields("null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")
var germanTens = strings.Fields("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")

func germanCardinal(n int) string {
	switch {
	case n < 20:
		return germanSmall[n]
	case n < 100 && n%10 == 0:
		return germanTens[n/10]
	case n < 100:
		return germanStem(n%10) + "und" + germanTens[n/10]
	case n < 1000:
		return germanStem(n/100) + "hundert" + germanRest(n%100)
	case n < 1_000_000:
		return germanStem(n/1000) + "tausend" + germanRest(n%1000)
	case n < 2_000_000:
		return strings.TrimSpace("eine Million " + germanRest(n%1_000_000))
	}
	return strings.TrimSpace(germanCardinal(n/1_000_000) + " Millionen " + germanRest(n%1_000_000))
}

// germanStem is the form inside a compound: ein, not eins.
func germanStem(n int) string {
	said := germanCardinal(n)
	if strings.HasSuffix(said, "eins") {
		return strings.TrimSuffix(said, "s")
	}
	return said
}

func germanRest(n int) string {
	if n == 0 {
		return ""
	}
	return germanCardinal(n)
}

var englishSmall = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
var englishTens = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")

func englishCardinal(n int) string {
	switch {
	case n < 20:
		return englishSmall[n]
	case n < 100 && n%10 == 0:
		return englishTens[n/10]
	case n < 100:
		return englishTens[n/10] + "-" + englishSmall[n%10]
	case n < 1000 && n%100 == 0:
		return englishSmall[n/100] + " hundred"
	case n < 1000:
		return englishSmall[n/100] + " hundred and " + englishCardinal(n%100)
	case n < 1_000_000:
		return englishLarge(n, 1000, " thousand")
	}
	return englishLarge(n, 1_000_000, " million")
}

func englishLarge(n, unit int, word string) string {
	said, rest := englishCardinal(n/unit)+word, n%unit
	switch {
	case rest == 0:
		return said
	case rest < 100:
		return said + " and " + englishCardinal(rest)
	}
	return said + " " + englishCardinal(rest)
}
