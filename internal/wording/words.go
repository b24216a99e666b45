package wording

import (
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel"
)

// conditions finds why somebody is vulnerable. Of a missing person that is never said (rule 6); elsewhere it is a warning.
func conditions(d *document, lang buurtbel.Language, ctx Context) {
	level := Warn
	if ctx.Missing != nil || missingWord.MatchString(d.low) {
		level = Refuse
	}
	d.each(conditionWords, func(s span) {
		if !d.overlaps(d.safe, s) {
			d.report(level, Vulnerable, s, nil)
		}
	})
}

var missingWord = regexp.MustCompile(`\b(?:vermist|vermiste|vermisten|vermissing|verdwenen|disparue?s?|disparition|vermisst\w*|missing)\b`)

var conditionWords = regexp.MustCompile(`\b(?:dement|demente|dementie|dementerend|dementerende|alzheimer|parkinson|autist|autisme|autistisch|autistische|verstandelijke? beperk\w*|mentale? (?:beperk\w*|handicap)|geestelijk\w* (?:beperk\w*|gehandicapt\w*|gestoord)|psychisch\w*|psychiatrisch\w*|psychoses?|psychotisch\w*|suicidaal|suicidale|zelfmoord\w*|zelfdoding|depressie|depressief|depressieve|schizofren\w*|verward|verwarde|diabeet|diabetes|epileps\w*|epilepsie|downsyndroom|syndroom van down|geheugenverlies|geheugenproblemen|verslaafd|verslaafde|` +
	`dements?|demente?s?|demence|autistes?|autisme|handicap mental|handicape mentale?|deficien\w* (?:mentale?|intellectuelle?)|psychologiquement|psychiatrique|suicidaire|suicide|depressif|depressive|depression|schizophren\w*|desorientee?|confuse?|diabetique|epileptique|trisomi\w*|pertes? de memoire|trouble mental|troubles mentaux|fragile psychologiquement|` +
	`demenz|dement\w*|demenzkrank\w*|autismus|autistisch\w*|geistig\w* behinder\w*|psychisch\w* krank\w*|psychisch\w*|selbstmord\w*|suizid\w*|depress\w*|schizophren\w*|verwirrt\w*|orientierungslos\w*|diabetiker\w*|zuckerkrank\w*|epilepti\w*|vergesslich|down-syndrom|` +
	`dementia|alzheimer's|autism|autistic|learning disabilit\w*|mental(?:ly)? (?:ill\w*|disab\w*|handicap\w*)|mental health|suicidal|suicide|depressed|depression|confused|diabetic|epileptic|epilepsy|memory loss|down syndrome|down's syndrome|self-harm)\b`)

// originStems are nationalities, peoples, religions and complexions, as the start of a word, per language.
var originStems = map[buurtbel.Language]*regexp.Regexp{
	buurtbel.Dutch:   regexp.MustCompile(`\b((?:noord-|oost-|zuid-|west-|zwart-|midden-)?(?:marokk?aan\w*|marokaan\w*|turks?e?|turk|turken|roma|roma's|zigeuner\w*|afrika\w*|europe(?:aan|anen|es|se)|roemeen\w*|roemen|roemeense?|bulga\w*|albane\w*|albanezen|pool|polen|poolse?|russ?en|russisch\w*|syri\w*|irak\w*|afghaan\w*|afghanen|alger\w*|tunes\w*|georgi\w*|tsjetsje\w*|kosova\w*|servi\w*|arabi\w*|arabische?|aziat\w*|aziatische?|chines\w*|chinezen|congole\w*|somali\w*|eritre\w*|pakista\w*|indisch\w*|getint\w*|gekleurd\w*|donkere? huids?(?:kleur)?|lichte huids?(?:kleur)?|donker getint|huidskleur|blanken?|blank uiterlijk|negroide|kaukasisch\w*|mediterra\w*|slavisch\w*|moslims?|moslima\w*|islamitisch\w*|joods?e?|joden|christelijk\w*|allochto\w*|migranten?|asielzoekers?|vluchtelingen?|vreemdelingen?|buitenlanders?|buitenlandse?|illegalen?|woonwagenbewoners?|vreemde (?:origine|afkomst|nationaliteit)|(?:van )?[a-z\-]+ (?:afkomst|origine|nationaliteit|uiterlijk|komaf)|zwarte (?:man|mannen|vrouw|vrouwen|persoon|personen|jongen|jongens)|hoofddoek\w*|zuiders\w*))\b`),
	buurtbel.French:  regexp.MustCompile(`\b((?:nord-|sud-)?(?:marocaine?s?|maghrebine?s?|turcs?|turques?|roms?|roma|gitane?s?|tziganes?|manouches?|africaine?s?|roumaine?s?|bulgares?|albanaise?s?|polonaise?s?|russes?|syrienn?e?s?|irakienn?e?s?|afghane?s?|algerienn?e?s?|tunisienn?e?s?|georgienn?e?s?|tchetchenes?|kosovare?s?|serbes?|arabes?|asiatiques?|chinoise?s?|congolaise?s?|somalienn?e?s?|erythreenn?e?s?|pakistanaise?s?|indienn?e?s?|europeenn?e?s?|de couleur|peau (?:noire|mate|claire|foncee|blanche|brune)|type (?:europeen|nord-africain|africain|mediterraneen|asiatique|maghrebin|caucasien|latino|slave)|teint (?:mat|clair|fonce|basane)|basanee?s?|metisse?s?|musulmane?s?|juifs?|juives?|chretienn?e?s?|islamistes?|immigree?s?|migrante?s?|refugiee?s?|etranger|etrangere|etrangers|etrangeres|demandeurs? d'asile|sans-papiers|clandestins?|gens du voyage|d'origine [a-z\-]+|origine etrangere|(?:homme|femme|hommes|femmes|personne|individu|individus|jeune|jeunes) (?:noire?s?|blanche?s?|blancs?)|foulard islamique|voile islamique|voilees?))\b`),
	buurtbel.German:  regexp.MustCompile(`\b((?:nord|sud|ost|west|schwarz|nord-|sud-|ost-|west-)?(?:marokkan\w*|turkisch\w*|turken?|turkin\w*|roma|sinti|zigeuner\w*|afrikan\w*|rumanen?|rumanisch\w*|bulgar\w*|albaner\w*|albanisch\w*|polen|pole|polnisch\w*|russ(?:en|isch\w*)|russe|syrer\w*|syrisch\w*|irak\w*|afghan\w*|algeri\w*|tunesi\w*|georgi(?:er|ern|sch\w*)|tschetschen\w*|kosova\w*|serb(?:en|isch\w*)|araber\w*|arabisch\w*|asiat\w*|chines\w*|kongoles\w*|somali\w*|eritre\w*|pakistan\w*|europaer\w*|osteuropa\w*|sudeuropa\w*|sudlandisch\w*|sudlander\w*|dunkelhautig\w*|hellhautig\w*|dunkle(?:r|n|m)? haut\w*|helle(?:r|n|m)? haut\w*|hautfarbe|dunkler teint|farbige[rn]?|(?:schwarze[rn]?|weisse[rn]?) (?:mann|manner|frau|frauen|person|personen)|muslim\w*|moslem\w*|juden?|judisch\w*|christlich\w*|islamisch\w*|auslander\w*|auslandisch\w*|migrant\w*|fluchtling\w*|gefluchtete\w*|asylbewerber\w*|asylant\w*|kopftuch\w*|herkunft|migrationshintergrund|(?:arabischen?|sudlandischen?|europaischen?|slawischen?) (?:aussehens?|typs?)))\b`),
	buurtbel.English: regexp.MustCompile(`\b((?:north-|south-|east-|west-|north |south |east |eastern |western )?(?:moroccans?|turks?|turkish|roma|romani|gyps(?:y|ies)|travellers?|africans?|romanians?|bulgarians?|albanians?|polish|poles?|russians?|syrians?|iraqis?|afghans?|algerians?|tunisians?|georgians?|chechens?|kosovans?|serbians?|serbs?|arabs?|arabic|arab-looking|asians?|chinese|congolese|somalis?|eritreans?|pakistanis?|indians?|europeans?|mediterranean|middle eastern|foreigners?|foreign|foreign-looking|immigrants?|migrants?|refugees?|asylum seekers?|muslims?|jews?|jewish|christians?|islamic|hijab|headscarf|of colou?r|coloured|ethnic\w*|dark-skinned|light-skinned|skin colou?r|(?:dark|light|brown|black|white|olive) skin(?:ned)?|(?:black|white) (?:man|men|woman|women|male|males|female|females|person|people|guys?|youths?|teenagers?)|of [a-z\-]+ (?:origin|descent|appearance)))\b`),
}

// originFine follow an adjective of nationality that says nothing about a person.
var originFine = regexp.MustCompile(`^ ?(?:nummerplaat|nummerplaten|kenteken\w*|plaat|platen|plaques?|kennzeichen|plates?|number|registration|licence|bakker\w*|restaurant|school|winkel|kapper|supermarkt|ambassade|consulaat|taal|feestdag|kerk|vlag|markt|kruidenier\w*|voertuig\w*|wagens?|pizzeria|kebab\w*|geld|munt\w*|autos?|car|cars|van|vans|ecole|eglise|drapeau|marche|flagge|geschaft|schule|kirche|shop|food|school|church|flag|embassy|restaurant\w*|supermarket)`)

// originBefore precede an adjective that tells where a plate or a language is from.
var originBefore = regexp.MustCompile(`(?:nummerplaat|nummerplaten|kenteken|plaat|plaques?(?: d'immatriculation)?|immatriculation|immatricule\w*(?: en)?|kennzeichen|plates?|spreekt|spreken|parlent|parle|spricht|sprechen|speaks?|speaking|restaurant|epicerie|boulangerie|ecole|supermarche|magasin|voiture|vehicule|camionnette|uit|rue|place|avenue|quartier|ambassade|consulat) $`)

func origins(d *document, lang buurtbel.Language, _ Context) {
	pattern, ok := originStems[lang]
	if !ok {
		return
	}
	d.each(pattern, func(s span) {
		if d.overlaps(d.safe, s) || originFine.MatchString(d.low[s.end:]) || originBefore.MatchString(d.low[:s.start]) || d.hyphened(s.end, 1) || d.hyphened(s.start-1, -1) {
			return
		}
		d.report(Warn, Origin, s, nil)
	})
}

var politicsWords = regexp.MustCompile(`\b(?:n-va|cd&v|cdenv|vlaams belang|open vld|openvld|pvda(?:-ptb)?|ptb|groen!|les engages|ecolo|defi|vvd|pvv|d66|cda|groenlinks|bbb|forum voor democratie|cdu|csu|spd|fdp|afd|die linke|die grunen|rassemblement national|la france insoumise|lrem|labour party|conservative party|tories|lib dems|liberal democrats|reform uk|kiescampagne|verkiezingscampagne|politieke partij|stem op|parti politique|campagne electorale|votez(?: pour)?|wahlkampf|wahlen sie|political party|election campaign|vote for|parti socialiste|mouvement reformateur|partij vooruit|partij groen)\b`)

func politics(d *document, _ buurtbel.Language, _ Context) {
	d.each(politicsWords, func(s span) {
		if !d.overlaps(d.safe, s) {
			d.report(Warn, Politics, s, nil)
		}
	})
}

// words finds abbreviations, jargon, words that blame and promises, from the lists of a language.
func words(d *document, lang buurtbel.Language, _ Context) {
	list := wordLists[lang]
	for _, w := range list {
		if !strings.Contains(d.low, w.needle) { // most are not there, and this is much faster than their pattern
			continue
		}
		d.each(w.pattern, func(s span) {
			if !d.overlaps(d.safe, s) && !d.hyphened(s.end, 1) && !d.overlapsFound(s) && !(w.upper && d.capped) && (!w.upper || d.isUpper(s)) {
				d.report(Warn, w.code, s, buurtbel.Args{"Instead": w.instead})
			}
		})
	}
	d.each(dotted, func(s span) {
		if !d.overlaps(d.safe, s) && !d.overlapsFound(s) {
			d.report(Warn, Short, s, buurtbel.Args{"Instead": ""})
		}
	})
}

// dotted is an abbreviation of letters with points that no list knows: "t.a.v."; initials of streets are places or names.
var dotted = regexp.MustCompile(`\b[a-z](?:\. ?[a-z]){1,4}\.`)

func (d *document) overlapsFound(s span) bool {
	start, end := d.at[s.start], d.at[s.end]
	for _, f := range d.found {
		if f.Start < end && start < f.End {
			return true
		}
	}
	return false
}

func loud(d *document, _ buurtbel.Language, _ Context) {
	if i := strings.IndexByte(d.fold, '!'); i >= 0 {
		d.report(Note, Loud, span{i, i + 1}, nil)
	}
	if d.capped && len(d.fold) > 0 {
		d.report(Note, Loud, span{0, len(d.fold)}, nil)
	}
}
