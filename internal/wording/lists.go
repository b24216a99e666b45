package wording

import (
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// listed is one word or abbreviation with what to write in its place.
type listed struct {
	pattern *regexp.Regexp
	code    Code
	instead string
	upper   bool   // only in capitals: "PV", not "pv"
	needle  string // its first word, folded
}

// wordLists are read from the tables below: "word = in its place", separated by semicolons. A word in capitals counts only in capitals.
var wordLists = func() map[buurtbel.Language][]listed {
	lists := map[buurtbel.Language][]listed{}
	for _, l := range buurtbel.Languages {
		for _, t := range []struct {
			code  Code
			table map[buurtbel.Language]string
		}{{Suspect, suspects}, {Promise, promises}, {Short, abbreviations}, {Jargon, jargon}} {
			lists[l] = append(lists[l], readTable(t.code, t.table[l])...)
		}
	}
	return lists
}()

func readTable(code Code, table string) []listed {
	var out []listed
	for _, entry := range strings.Split(table, ";") {
		word, instead, _ := strings.Cut(entry, "=")
		word, instead = strings.TrimSpace(word), strings.TrimSpace(instead)
		if word == "" {
			continue
		}
		upper := word == strings.ToUpper(word) && strings.ToLower(word) != word && !strings.Contains(word, ".")
		pattern := `\b` + strings.ReplaceAll(regexp.QuoteMeta(foldString(word)), " ", " +")
		if !strings.HasSuffix(word, ".") {
			pattern += `\b`
		}
		needle, _, _ := strings.Cut(foldString(word), " ")
		out = append(out, listed{regexp.MustCompile(pattern), code, instead, upper, needle})
	}
	return out
}

var suspects = map[buurtbel.Language]string{
	buurtbel.Dutch: `dader = mogelijk betrokken persoon; daders = mogelijk betrokken personen; boef = mogelijk betrokken persoon; boeven = mogelijk betrokken personen;
		crimineel = mogelijk betrokken persoon; criminelen = mogelijk betrokken personen; schurk = mogelijk betrokken persoon; schurken = mogelijk betrokken personen;
		gespuis = personen; tuig = personen; gangster = mogelijk betrokken persoon; gangsters = mogelijk betrokken personen`,
	buurtbel.French: `auteur des faits = personne peut-être impliquée; auteurs des faits = personnes peut-être impliquées; l'auteur = la personne peut-être impliquée; les auteurs = les personnes peut-être impliquées; coupable = personne peut-être impliquée; coupables = personnes peut-être impliquées;
		malfaiteur = personne peut-être impliquée; malfaiteurs = personnes peut-être impliquées; criminel = personne peut-être impliquée;
		criminels = personnes peut-être impliquées; racaille = personnes; voyou = personne; voyous = personnes`,
	buurtbel.German: `Täter = möglicherweise beteiligte Person; Tätern = möglicherweise beteiligten Personen; Täterin = möglicherweise beteiligte Person;
		Verbrecher = möglicherweise beteiligte Person; Kriminelle = möglicherweise beteiligte Personen; Kriminellen = möglicherweise beteiligten Personen;
		Ganove = Person; Ganoven = Personen; Gesindel = Personen`,
	buurtbel.English: `perpetrator = person possibly involved; perpetrators = people possibly involved; culprit = person possibly involved; culprits = people possibly involved;
		offender = person possibly involved; offenders = people possibly involved; criminal = person possibly involved; criminals = people possibly involved;
		crook = person; crooks = people; villain = person; villains = people; thug = person; thugs = people`,
}

var promises = map[buurtbel.Language]string{
	buurtbel.Dutch: `anoniem = zeg wie ziet wie u bent; anonieme = zeg wie ziet wie u bent; zonder risico = zeg wat u zeker weet; risicoloos = zeg wat u zeker weet;
		gegarandeerd = zeg wat u zeker weet; volledig veilig = zeg wat u zeker weet`,
	buurtbel.French: `anonyme = dites qui voit votre nom; anonymement = dites qui voit votre nom; anonymat = dites qui voit votre nom; sans risque = dites ce que vous savez avec certitude;
		garanti = dites ce que vous savez avec certitude; en toute sécurité = dites ce que vous savez avec certitude`,
	buurtbel.German: `anonym = sagen Sie, wer Ihren Namen sieht; anonyme = sagen Sie, wer Ihren Namen sieht; ohne Risiko = sagen Sie, was Sie sicher wissen;
		garantiert = sagen Sie, was Sie sicher wissen; risikolos = sagen Sie, was Sie sicher wissen`,
	buurtbel.English: `anonymous = say who sees your name; anonymously = say who sees your name; without risk = say what you know for certain; risk-free = say what you know for certain;
		guaranteed = say what you know for certain; completely safe = say what you know for certain`,
}

var abbreviations = map[buurtbel.Language]string{
	buurtbel.Dutch: `vtg = voertuig; vtgn = voertuigen; vrtg = voertuig; PV = verslag van de politie; PV's = verslagen van de politie; gekl. = gekleed; i.v.m. = over; ivm = over; o.a. = onder andere; oa. = onder andere;
		m.b.t. = over; mbt = over; t.h.v. = ter hoogte van; thv = ter hoogte van; thv. = ter hoogte van; t.a.v. = voor; bv. = bijvoorbeeld; bijv. = bijvoorbeeld; bvb = bijvoorbeeld; bvb. = bijvoorbeeld;
		nr. = nummer; nrs. = nummers; tel. = telefoon; pers. = personen; verd. = mogelijk betrokken personen; vnl. = vooral; enz. = en zo verder; d.w.z. = dat wil zeggen; dwz = dat wil zeggen;
		a.u.b. = alstublieft; aub = alstublieft; incl. = met; excl. = zonder; ca. = ongeveer; omg. = omgeving; str. = straat; stwg = steenweg; stwg. = steenweg; gem. = gemeente; pol. = politie; wgn = wagen; wgns = wagens;
		kl. = kleur; nrpl = nummerplaat; nrpl. = nummerplaat; NN = onbekend; ASAP = zo snel mogelijk; MO = werkwijze; VTM = vermist; svp = alstublieft; m.a.w. = met andere woorden; i.p.v. = in plaats van; ipv = in plaats van;
		n.a.v. = na; nav = na; j.l. = laatst; jl. = laatst; p/a = bij; r.v. = rechts; ri. = richting; richt. = richting; HVP = hulpverlening; ASTRID = het net van de hulpdiensten; ANPR = slimme camera; BOB = alcoholcontrole; PZ = politiezone;
		TG = dader; SO = slachtoffer; WZL = lopen weg; MNK = man; VRK = vrouw; blz. = bladzijde; tss = tussen; tss. = tussen; vd = van de; v.d. = van de; mss = misschien`,
	buurtbel.French: `càd = c'est-à-dire; p.ex. = par exemple; p. ex. = par exemple; etc. = et ainsi de suite; svp = s'il vous plaît; s.v.p. = s'il vous plaît; tél. = téléphone; n° = numéro; env. = environ; véh. = véhicule; VH = véhicule; VL = voiture;
		pers. = personnes; imm. = immatriculation; PV = rapport de police; MO = façon de faire; ASAP = le plus vite possible; rdv = rendez-vous; bd = boulevard; bld = boulevard; av. = avenue; pl. = place; chée = chaussée; ch. = chemin;
		qq = quelques; qqn = quelqu'un; tjs = toujours; ds = dans; pdt = pendant; mvt = mouvement; dir. = direction; ZP = zone de police; ANPR = caméra intelligente; NN = inconnu; resp. = respectivement; c.-à-d. = c'est-à-dire; hab. = habitation; dpt = département; max. = au plus; min. = au moins; ts = tous; bcp = beaucoup; cfr = voir; cf. = voir`,
	buurtbel.German: `z.B. = zum Beispiel; z. B. = zum Beispiel; d.h. = das heißt; d. h. = das heißt; usw. = und so weiter; bzw. = oder; ggf. = wenn nötig; u.a. = unter anderem; u. a. = unter anderem; evtl. = vielleicht; ca. = ungefähr; Nr. = Nummer;
		Tel. = Telefon; Kfz = Fahrzeug; KFZ = Fahrzeug; Pkw = Auto; PKW = Auto; Lkw = Lastwagen; LKW = Lastwagen; POL = Polizei; TV = mögliche Beteiligte; TVs = mögliche Beteiligte; PP = Person; Pers. = Personen; Fzg = Fahrzeug; Fzg. = Fahrzeug;
		Str. = Straße; vsl. = voraussichtlich; inkl. = mit; max. = höchstens; min. = mindestens; mtl. = monatlich; bekl. = bekleidet; amtl. = amtlich; ASAP = so schnell wie möglich; MO = Vorgehen; FW = Feuerwehr; RTW = Rettungswagen; z.Zt. = zurzeit; z. Zt. = zurzeit; i.d.R. = meistens; o.g. = genannte; lt. = laut; bes. = besonders; Wg. = Wohnung; vermutl. = vermutlich; gg. = gegen; versch. = verschiedene`,
	buurtbel.English: `e.g. = for example; i.e. = that is; etc. = and so on; asap = as soon as possible; approx. = about; approx = about; veh = vehicle; vehs = vehicles; reg = number plate; VRM = number plate; IC1 = a person; MO = way of working; RTC = road accident; RTA = road accident;
		susp = person possibly involved; susps = people possibly involved; desc = description; PC = police officer; DOB = date of birth; MISPER = missing person; misper = missing person; ID = identity; info = information; no. = number; incl. = with; max. = at most; min. = at least; tel. = telephone;
		Rd = Road; Rd. = Road; Ave. = Avenue; Ln = Lane; opp. = opposite; nr = near; jct = junction; w/ = with; vs. = against; pls = please; thx = thank you; ANPR = number plate camera; NPT = local police team; SOCO = forensic team; CAD = incident; TBC = not yet sure; FYI = for you to know; TOA = when it happened; u/k = unknown`,
}

var jargon = map[buurtbel.Language]string{
	buurtbel.Dutch: `betrapping op heterdaad = ter plaatse betrapt; flagrante delicto = ter plaatse betrapt; modus operandi = werkwijze; interventieploeg = politieploeg; signalement = beschrijving; desbetreffende = deze; voornoemde = deze; betrokkene = persoon;
		perceel = terrein; voertuig in kwestie = dit voertuig; gerechtelijk arrondissement = streek; processen-verbaal = verslagen; proces-verbaal = verslag; gauwdief = zakkenroller; gauwdieven = zakkenrollers; geseind = gezocht; home-invasion = overval in een woning;
		homejacking = overval in een woning; carjacking = diefstal van een auto met geweld; garagediefstal = diefstal uit een garage; spotter = iemand die uitkijkt; prowlen = rondkijken; rondtoerend = rondrijdend; vluchtrichting = vluchtte naar; vaststellingen = onderzoek ter plaatse;
		perimeter = afgesloten gebied; afpingelen = oplichting; dispatching = meldkamer; OCAD = meldkamer; inbraakpreventie = beveiliging tegen inbraak; klaarblijkelijk = blijkbaar; aanstonds = nu; dienaangaande = daarover; teneinde = om`,
	buurtbel.French: `flagrant délit = pris sur le fait; modus operandi = façon de faire; individu = personne; individus = personnes; signalement = description; périmètre = zone fermée; dispatching = centrale; procès-verbal = rapport; home-jacking = attaque d'une habitation; homejacking = attaque d'une habitation;
		car-jacking = vol de voiture avec violence; carjacking = vol de voiture avec violence; rôdeur = personne qui tourne en rond; prénommé = cette personne; susmentionné = ce; constatations = examen sur place; quidam = personne; effraction = porte forcée; intervenants = secours; appréhender = arrêter; véhicule en question = ce véhicule; ledit = ce; dispositif policier = police sur place`,
	buurtbel.German: `auf frischer Tat = während der Tat; Modus Operandi = Vorgehen; Tatverdächtige = möglicherweise Beteiligte; Tatverdächtiger = möglicherweise Beteiligter; Tatverdächtigen = möglicherweise Beteiligten; Signalement = Beschreibung; Fahndung = Suche; Örtlichkeit = Ort; Einsatzkräfte = Polizei und Rettungsdienst;
		Homejacking = Überfall in einer Wohnung; Objekt = Haus; fußläufig = zu Fuß; polizeilich bekannt = bekannt; Sachverhalt = was geschah; Wohnungseinbruchdiebstahl = Einbruch in eine Wohnung; Leitstelle = Notrufzentrale; Absperrbereich = gesperrtes Gebiet; Zeugenaufruf = wir suchen Zeugen; diesbezüglich = dazu; o.g = genannte`,
	buurtbel.English: `in flagrante = caught in the act; modus operandi = way of working; alleged perpetrator = person possibly involved; decamped = ran away; made off = left; premises = building; egress = way out; apprehended = arrested; perimeter = closed area; cordon = closed area;
		intel = information; hostile = dangerous; IC3 = a person; proceeding in a northerly direction = going north; disposed of = thrown away; utilise = use; utilised = used; aforementioned = this; said vehicle = this vehicle; tasked = sent; units = officers; dispatch centre = control room; home-jacking = robbery in a home; carjacking = car robbery with violence`,
}
