package speech

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/buurtbel/buurtbel"
)

type line struct{ written, said string }

// each tries lines, and that what is said stays as it is when it is read once more.
func each(t *testing.T, l buurtbel.Language, lines []line) {
	t.Helper()
	for _, c := range lines {
		got := Say(c.written, l, nil)
		if got != c.said {
			t.Errorf("%s: %q\n got %q\nwant %q", l, c.written, got, c.said)
		}
		if again := Say(got, l, nil); again != got {
			t.Errorf("%s: %q\nagain %q", l, got, again)
		}
	}
}

func TestSayDutch(t *testing.T) {
	each(t, buurtbel.Dutch, []line{
		{"Politiezone Vlierbeek: inbraak bezig in de omgeving van Kerkstraat 12A bus 3.", "Politiezone Vlierbeek: inbraak bezig in de omgeving van Kerkstraat twaalf A bus drie."},
		{"Bel 112 of 101.", "Bel honderdtwaalf of honderd en één."},
		{"Stand om 14.05 uur, geldig tot 16u30.", "Stand om veertien uur vijf, geldig tot zestien uur dertig."},
		{"Gezien tussen 14.30 en 15.45 u. Daarna niets meer.", "Gezien tussen veertien uur dertig en vijftien uur vijfenveertig. Daarna niets meer."},
		{"Van 14.30-15.30 uur, ook 9.00-17.00 u.", "Van veertien uur dertig tot vijftien uur dertig, ook negen uur tot zeventien uur."},
		{"Om 14:30 en om 0.15 u, 24 u open, om 8h", "Om veertien uur dertig en om nul uur vijftien, vierentwintig uur open, om acht uur"},
		{"De wagen wacht al 48 u.", "De wagen wacht al achtenveertig uur."},
		{"In de Kerkstr. 12-14, 9300 Vlierbeek.", "In de Kerkstraat twaalf tot veertien, drieënnegentighonderd Vlierbeek."},
		{"Kerkstr. Twee personen te voet.", "Kerkstraat. Twee personen te voet."},
		{"Wilgendr., Stationsln 7, Gentsestwg. 100 en Dorpspl. 1", "Wilgendreef, Stationslaan zeven, Gentsesteenweg honderd en Dorpsplein één"},
		{"Dr. Roosensstraat 4, Burg. Peeterslaan, St.-Jansstraat, O.L.V.-straat", "Dokter Roosensstraat vier, Burgemeester Peeterslaan, Sint-Jansstraat, Onze-Lieve-Vrouw-straat"},
		{"Kerkstraat 12/3, op 12/3, op 03/11/2026 en 2026-11-03", "Kerkstraat twaalf bus drie, op twaalf maart, op drie november tweeduizend zesentwintig en drie november tweeduizend zesentwintig"},
		{"Op dinsdag 3 november 2026, 5 okt. en in 1998", "Op dinsdag drie november tweeduizend zesentwintig, vijf oktober en in negentienhonderd achtennegentig"},
		{"Grijze VW Polo, ca. 50 km/u, 1,5 km verder t.h.v. nr. 23.", "Grijze VW Polo, ongeveer vijftig kilometer per uur, één komma vijf kilometer verder ter hoogte van nummer drieëntwintig."},
		{"Vermist: Lotte (9j.), 1,32m. Meld via 0800 00 123 of 1733.", "Vermist: Lotte, negen jaar, één meter tweeëndertig. Meld via nul achthonderd, nul nul, honderddrieëntwintig of zeventien drieëndertig."},
		{"Fiets t.w.v. 2.500 EUR, 3e verd., N16/E17 (ma-vr 9-17u)", "Fiets ter waarde van tweeduizend vijfhonderd euro, derde verdieping, N zestien, E zeventien, maandag tot vrijdag negen tot zeventien uur"},
		{"Binnen 10 min. terug, 5 km. daarna, 20 m. Blijf binnen.", "Binnen tien minuten terug, vijf kilometer daarna, twintig meter. Blijf binnen."},
		{"Een wagen uit Köln. Kerkstraat 12g, 500g, op 5/6 mei, tussen 14 en 16 u", "Een wagen uit Köln. Kerkstraat twaalf G, vijfhonderd gram, op vijf, zes mei, tussen veertien en zestien uur"},
		{"Binnen 200 m. Blijf binnen.", "Binnen tweehonderd meter. Blijf binnen."},
		{"Bel 0455 01 23 45 of +32 455 01 23 45.", "Bel nul vier vijfenvijftig, nul één, drieëntwintig, vijfenveertig of plus tweeëndertig, vierhonderdvijfenvijftig, nul één, drieëntwintig, vijfenveertig."},
		{"Bel 0455/01.23.45 of 0455012345 of 02 000 12 34", "Bel nul vier vijfenvijftig, nul één, drieëntwintig, vijfenveertig of nul vier vijfenvijftig, nul één, drieëntwintig, vijfenveertig of nul twee, nul nul nul, twaalf, vierendertig"},
		{"Niet dringend? Bel 0900-8844.", "Niet dringend? Bel nul negenhonderd, achtentachtig, vierenveertig."},
		{"De politie vraagt u te bellen: 101, zeg code 4711.", "De politie vraagt u te bellen: honderd en één, zeg code vier, zeven, één, één."},
		{"Code: K7-42. Druk 1 om te bevestigen.", "Code: K, zeven, vier, twee. Druk één om te bevestigen."},
		{"1 persoon, ca. 1m75, 30-35 jaar; 1,80 m groot.", "Één persoon, ongeveer één meter vijfenzeventig, dertig tot vijfendertig jaar; één meter tachtig groot."},
		{"De 9-jarige Lotte, voor de 2de keer op de E40, afrit 20.", "De negenjarige Lotte, voor de tweede keer op de E veertig, afrit twintig."},
		{"Kan u niet bellen: gebruik de app 112 BE.", "Kan u niet bellen: gebruik de app honderdtwaalf B E."},
		{"OEFENING. Dit is een OEFENING.", "Oefening. Dit is een Oefening."},
		{"Biljetten van 50 euro, € 12,50, 1.250 inwoners, 94 %.", "Biljetten van vijftig euro, twaalf euro vijftig, duizend tweehonderdvijftig inwoners, vierennegentig procent."},
		{"Man/vrouw en/of kind (donkere jas) - \"grijze\" bestelwagen – merk onbekend…", "Man of vrouw en of kind, donkere jas, grijze bestelwagen, merk onbekend."},
		{"Eerste regel\nTweede regel!!", "Eerste regel. Tweede regel!"},
		{"Meer op www.politie.example of bin@example.org", "Meer op w w w punt politie punt example of bin apenstaartje example punt org"},
		{"'s Avonds, zo'n 3.000.000 keer; -5 °C; 2x; 1ste en 21ste", "'s Avonds, zo'n drie miljoen keer; min vijf graden; twee keer; eerste en eenentwintigste"},
		{"De noodcentrale is 24/7 bereikbaar.", "De noodcentrale is dag en nacht bereikbaar."},
		{"Zone 1234 AB Dorp, B.I.N. en BIN-Z", "Zone twaalf vierendertig A B Dorp, B.I.N. en BIN-Z"},
		{"Café, Coöperatie en Sint-Job-in-'t-Goor", "Café, Coöperatie en Sint-Job-in-'t-Goor"},
	})
}

func TestSayFrench(t *testing.T) {
	each(t, buurtbel.French, []line{
		{"Zone de police Vlierbeek : cambriolage en cours, rue du Moulin 12A bte 3.", "Zone de police Vlierbeek: cambriolage en cours, rue du Moulin douze A boîte trois."},
		{"Appelez le 112 ou le 101.", "Appelez le cent douze ou le cent un."},
		{"Situation à 14 h 05, valable jusqu'à 16h30.", "Situation à quatorze heures cinq, valable jusqu'à seize heures trente."},
		{"Vu entre 1h et 21h01, ou 14:30", "Vu entre une heure et vingt et une heures une, ou quatorze heures trente"},
		{"Le 1er mars 2026, le 12/03/2026 à 9h, le 21 mai.", "Le premier mars deux mille vingt-six, le douze mars deux mille vingt-six à neuf heures, le vingt et un mai."},
		{"av. Louise 71, 4700 Eupen", "Avenue Louise septante et un, quatre mille sept cents Eupen"},
		{"bd. de la Gare 5, chée de Gand 91, pl. Verte 2, R. de la Station 7, rue Haute 12/3", "Boulevard de la Gare cinq, chaussée de Gand nonante et un, place Verte deux, Rue de la Station sept, rue Haute douze boîte trois"},
		{"1 voiture grise, env. 50 km/h, à 1,5 km ; 21 personnes, 1 km", "Une voiture grise, environ cinquante kilomètres à l'heure, à un virgule cinq kilomètres; vingt et une personnes, un kilomètre"},
		{"80 000 habitants, 80 maisons, 300 personnes, 200 000 et 81", "Quatre-vingt mille habitants, quatre-vingts maisons, trois cents personnes, deux cent mille et quatre-vingt-un"},
		{"Téléphonez au 0455 01 23 45, code 4711.", "Téléphonez au zéro quatre cinquante-cinq, zéro un, vingt-trois, quarante-cinq, code quatre, sept, un, un."},
		{"Il mesure 1m75 et a 75 ans, M. Dupont et Mme Leroy, St-Nicolas", "Il mesure un mètre septante-cinq et a septante-cinq ans, Monsieur Dupont et Madame Leroy, Saint Nicolas"},
		{"EXERCICE. N°12, 2e étage, 1re porte, 3ème rue.", "Exercice. Numéro douze, deuxième étage, première porte, troisième rue."},
		{"12 € et 12,50 €, 95 %", "Douze euros et douze euros cinquante, nonante-cinq pour cent"},
		{"Homme/femme et/ou enfant « veste » (noire)", "Homme ou femme et ou enfant veste, noire"},
		{"Joignable 24/7, p.ex. au n° 5, 30-35 ans", "Joignable jour et nuit, par exemple au numéro cinq, trente à trente-cinq ans"},
	})
}

func TestSayGerman(t *testing.T) {
	each(t, buurtbel.German, []line{
		{"Gerade läuft ein Einbruch im Bereich Mühlenweg 12A. Rufen Sie 112 oder 101 an.", "Gerade läuft ein Einbruch im Bereich Mühlenweg zwölf A. Rufen Sie eins eins zwei oder eins null eins an."},
		{"Stand 14.05 Uhr, gültig bis 14:30 Uhr, um 1 Uhr, 14h30", "Stand vierzehn Uhr fünf, gültig bis vierzehn Uhr dreißig, um ein Uhr, vierzehn Uhr dreißig"},
		{"Am 12. März 2026, Dienstag, 3. November; der 1. Mai, am 12.03. um 9 Uhr.", "Am zwölften März zweitausendsechsundzwanzig, Dienstag, den dritten November; der erste Mai, am zwölften März um neun Uhr."},
		{"Am 12.03.2026, im Jahr 1998", "Am zwölften März zweitausendsechsundzwanzig, im Jahr neunzehnhundertachtundneunzig"},
		{"Hauptstr. 5, Aachener Str. 7, Marktpl. 1, 4700 Eupen.", "Hauptstraße fünf, Aachener Straße sieben, Marktplatz eins, vier sieben null null Eupen."},
		{"1 Person, 1 Mann, 1 Wohnung, ca. 1,5 km, 50 km/h, 30-35 Jahre, z. B. 1,75 m.", "Eine Person, ein Mann, eine Wohnung, circa eins Komma fünf Kilometer, fünfzig Stundenkilometer, dreißig bis fünfunddreißig Jahre, zum Beispiel ein Meter fünfundsiebzig."},
		{"Tel. 0455 01 23 45, Code 4711.", "Telefon null vier fünf fünf, null eins, zwei drei, vier fünf, Code vier, sieben, eins, eins."},
		{"12,50 €, 1.250 Euro. Der 9-jährige Junge, 2.000.001", "Zwölf Euro fünfzig, eintausendzweihundertfünfzig Euro. Der neunjährige Junge, zwei Millionen eins"},
		{"ÜBUNG. Das ist eine ÜBUNG: 24/7, 20 %.", "Übung. Das ist eine Übung: rund um die Uhr, zwanzig Prozent."},
		{"Mann/Frau und/oder Kind, St. Vith, Dr. Weber", "Mann oder Frau und oder Kind, Sankt Vith, Doktor Weber"},
		{"Der 3. Einbruch, im 2. Stock. Lotte (9 J.), Mo-Fr von 8-17 Uhr", "Der dritte Einbruch, im zweiten Stock. Lotte, neun Jahre, Montag bis Freitag von acht bis siebzehn Uhr"},
		{"Es waren 3. Danach nichts.", "Es waren drei. Danach nichts."},
		{"In 101 Häusern", "In einhunderteins Häusern"},
	})
}

func TestSayEnglish(t *testing.T) {
	each(t, buurtbel.English, []line{
		{"Burglary at 12A Mill Rd. Seen at 14:05, valid until 16:30. Call 112 or 101.", "Burglary at twelve A Mill Road. Seen at fourteen oh five, valid until sixteen thirty. Call one one two or one zero one."},
		{"On Tuesday 3 November 2026 at 9:00, the 12th of March, March 12", "On Tuesday the third of November twenty twenty-six at nine o'clock, the twelfth of March, March the twelfth"},
		{"At 2.30 pm, 2:30pm, 14.30, 00:05, 14:00 and 12:00.", "At two thirty p m, two thirty p m, fourteen point three zero, zero oh five, fourteen hundred hours and twelve o'clock."},
		{"Between 14.30 and 15.45", "Between fourteen thirty and fifteen forty-five"},
		{"Call 0455 01 23 45, code 4711.", "Call zero four five five, zero one, two three, four five, code four, seven, one, one."},
		{"€12.50, 1,250 people, 3.5 km, 1 km, 94%", "Twelve euros fifty, one thousand two hundred and fifty people, three point five kilometres, one kilometre, ninety-four per cent"},
		{"EXERCISE. 1.75 m tall, 30-35 years old, a 9-year-old, 21st house", "Exercise. One metre seventy-five tall, thirty to thirty-five years old, a nine-year-old, twenty-first house"},
		{"Two 50 euro notes, 20 min. later", "Two fifty euro notes, twenty minutes later"},
		{"St. Mary's, Church St. 5, in 2026 and 2005, 24/7", "Saint Mary's, Church Street five, in twenty twenty-six and two thousand and five, twenty-four seven"},
		{"In 101 houses; 101 is for police, app 112 BE", "In one hundred and one houses; one zero one is for police, app one one two B E"},
		{"Man/woman and/or child, e.g. in a grey van", "Man or woman and or child, for example in a grey van"},
	})
}

func TestLexicon(t *testing.T) {
	lexicon := []buurtbel.Respelling{
		{Written: "Gent", Spoken: "Gend"}, {Written: "Gent-Brugge", Spoken: "Gend Brugghe"}, {Written: "PZ Vlierbeek", Spoken: "politiezone Flierbeek"},
		{Written: "N16", Spoken: "en zestien"}, {Written: "", Spoken: "nooit"}, {Written: "stil", Spoken: " "},
		{Language: buurtbel.Dutch, Written: "Hulst", Spoken: "Hulzt"}, {Language: buurtbel.French, Written: "Hulst", Spoken: "Ulste"},
	}
	for _, c := range []line{
		{"In GENT en Gent-Brugge, niet in Gentbrugge of Agent.", "In Gend en Gend Brugghe, niet in Gentbrugge of Agent."},
		{"PZ vlierbeek op de N16 en de N160, stil.", "Politiezone Flierbeek op de en zestien en de N honderdzestig, stil."},
		{"Naar Hulst.", "Naar Hulzt."},
	} {
		if got := Say(c.written, buurtbel.Dutch, lexicon); got != c.said {
			t.Errorf("%q\n got %q\nwant %q", c.written, got, c.said)
		}
	}
}

// plainWords are words that every language leaves as they are.
var plainWords = []string{"persoon", "Vlierbeek", "rouge", "straße", "waarschuwing", "über", "coördinator", "élève", "Politie", "zwart", "garage", "d'Artagnan", "buren"}
var writtenShort = []string{
	"14u30", "14.05 uur", "16h30", "14:30 Uhr", "12A", "12-14", "3,5 km", "€ 12,50", "112", "101", "0455 01 23 45", "+32 455 01 23 45", "12/03/2026", "2026", "50 %", "1.250",
	"Kerkstr.", "nr. 5", "(", ")", "–", "…", "!", "/", "\n", "code 4711", "E40", "007", "123456789012345", "9-jarige", "1e", "-5 °C", ".", ",", ":", "\"",
}

func TestSayLosesNoWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		language := rapid.SampledFrom(buurtbel.Languages).Draw(t, "language")
		pieces := rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(plainWords), rapid.SampledFrom(writtenShort))).Draw(t, "pieces")
		said := Say(strings.Join(pieces, " "), language, nil)
		rest := strings.ToLower(said)
		for _, p := range pieces {
			if !unicode.IsLetter([]rune(p)[0]) || !contains(plainWords, p) {
				continue
			}
			at := strings.Index(rest, strings.ToLower(p))
			if at < 0 {
				t.Fatalf("%s: %q is lost: %q", language, p, said)
			}
			rest = rest[at+len(p):]
		}
		if strings.ContainsAny(said, "0123456789€%\n\"()") {
			t.Fatalf("%s: not ready to be said: %q", language, said)
		}
		if again := Say(said, language, nil); again != said {
			t.Fatalf("%s: %q becomes %q", language, said, again)
		}
	})
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

func TestSayTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		said := Say(text, rapid.SampledFrom(buurtbel.Languages).Draw(t, "language"), []buurtbel.Respelling{{Written: text, Spoken: "x"}, {Written: "a", Spoken: text}})
		if strings.ContainsAny(Say(text, buurtbel.Dutch, nil), "0123456789[]<>") {
			t.Fatalf("%q: %q", text, said)
		}
	})
}

func TestCardinals(t *testing.T) {
	for _, c := range []struct {
		n              int
		nl, fr, de, en string
	}{
		{0, "nul", "zéro", "null", "zero"},
		{21, "eenentwintig", "vingt et un", "einundzwanzig", "twenty-one"},
		{32, "tweeëndertig", "trente-deux", "zweiunddreißig", "thirty-two"},
		{80, "tachtig", "quatre-vingts", "achtzig", "eighty"},
		{101, "honderd en één", "cent un", "hunderteins", "one hundred and one"},
		{199, "honderdnegenennegentig", "cent nonante-neuf", "hundertneunundneunzig", "one hundred and ninety-nine"},
		{1001, "duizend één", "mille un", "tausendeins", "one thousand and one"},
		{80_000, "tachtigduizend", "quatre-vingt mille", "achtzigtausend", "eighty thousand"},
		{123_456, "honderddrieëntwintigduizend vierhonderdzesenvijftig", "cent vingt-trois mille quatre cent cinquante-six", "hundertdreiundzwanzigtausendvierhundertsechsundfünfzig", "one hundred and twenty-three thousand four hundred and fifty-six"},
		{1_000_000, "één miljoen", "un million", "eine Million", "one million"},
	} {
		for _, one := range []struct{ got, want string }{
			{dutchCardinal(c.n), c.nl}, {frenchCardinal(c.n), c.fr}, {strings.Replace(germanCardinal(c.n), "einhundert", "hundert", 1), c.de}, {englishCardinal(c.n), c.en},
		} {
			if strings.Replace(one.got, "eintausend", "tausend", 1) != one.want {
				t.Errorf("%d: %q, want %q", c.n, one.got, one.want)
			}
		}
	}
}

func TestOrdinals(t *testing.T) {
	for _, c := range []struct {
		n              int
		nl, fr, de, en string
	}{
		{1, "eerste", "premier", "erst", "first"}, {2, "tweede", "deuxième", "zweit", "second"}, {3, "derde", "troisième", "dritt", "third"},
		{5, "vijfde", "cinquième", "fünft", "fifth"}, {7, "zevende", "septième", "siebt", "seventh"}, {8, "achtste", "huitième", "acht", "eighth"}, {9, "negende", "neuvième", "neunt", "ninth"},
		{12, "twaalfde", "douzième", "zwölft", "twelfth"}, {14, "veertiende", "quatorzième", "vierzehnt", "fourteenth"}, {20, "twintigste", "vingtième", "zwanzigst", "twentieth"},
		{21, "eenentwintigste", "vingt et unième", "einundzwanzigst", "twenty-first"}, {80, "tachtigste", "quatre-vingtième", "achtzigst", "eightieth"}, {100, "honderdste", "centième", "einhundertst", "one hundredth"},
	} {
		if got := []string{dutchOrdinal(c.n), frenchOrdinal(c.n), germanOrdinal(c.n), englishOrdinal(c.n)}; strings.Join(got, " ") != strings.Join([]string{c.nl, c.fr, c.de, c.en}, " ") {
			t.Errorf("%d: %q", c.n, got)
		}
	}
}

func BenchmarkSay(b *testing.B) {
	for b.Loop() {
		Say(alerts[buurtbel.Dutch], buurtbel.Dutch, nil)
	}
}
