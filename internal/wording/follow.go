package wording

import (
	"regexp"

	"github.com/buurtbel/buurtbel"
)

// The law on private militias (Belgium, 29 July 1934) forbids citizens to patrol, and members must never be asked to follow or stop anybody.
// An order is a verb in the form that asks, with a person or a vehicle as its object: "volg hem" and "volg de wagen" are refused,
// "volg de borden" and "stop met roken" are not. Negation within the same clause ("volg hem niet") makes it good advice.

const (
	nlWho = `(?:hem|haar|hen|hun|ze|(?:de|deze|die|een|elke|iedere|alle|het|dit|dat)(?: [a-z\-]+){0,2}? (?:man|mannen|vrouw|vrouwen|persoon|personen|kerels?|gast|gasten|jongens?|jongeren|meisjes?|koppel|duo|trio|daders?|verdachten?|dief|dieven|inbrekers?|overvallers?|oplichters?|vandaal|vandalen|betrokkenen?|bestuurders?|inzittenden?|wagens?|auto|auto's|voertuig|voertuigen|bestelwagens?|bestelbus|busje|camionette|vrachtwagen|fietsers?|brommers?|bromfiets|scooters?|motor|motorrijders?|bende|wie))`
	frWho = `(?:-(?:le|la|les)\b| (?:l'|le |la |les |un |une |ce |cet |cette |ces |tout |toute )(?:[a-z\-']+ ){0,1}?(?:homme|hommes|femme|femmes|personne|personnes|individus?|suspecte?s?|auteurs?|voleurs?|cambrioleurs?|malfaiteurs?|escrocs?|jeunes?|garcons?|filles?|couple|conducteurs?|conductrice|voiture|voitures|vehicules?|camionnettes?|vehicule|auto|moto|scooter|cycliste|bande|groupe|type|gars|braqueurs?|fuyards?|duo|trio)\b)`
	deWho = `(?:ihn|ihm|ihr|ihnen|sie|(?:den|dem|die|der|das|diesen|diesem|diese|dieser|jeden|einen|einem|alle)(?: [a-z\-]+){0,2}? (?:mann|mannern|manner|frau|frauen|person|personen|kerl|tater|tatern|taterin|verdachtigen?|dieb|diebe|dieben|einbrecher|einbrechern|rauber|betruger|betrugern|jugendlichen|jungen|fahrer|fahrerin|wagen|auto|autos|fahrzeug|fahrzeuge|transporter|lieferwagen|motorrad|roller|radfahrer|bande|gruppe|fluchtigen|paar|duo|trio|kastenwagen))`
	enWho = `(?:him|her|them|(?:the|this|that|these|those|any|a|every|all)(?: [a-z\-]+){0,2}? (?:man|men|woman|women|person|persons|people|guys?|lads?|youths?|boys?|girls?|couple|suspects?|thief|thieves|burglars?|robbers?|fraudsters?|vandals?|drivers?|car|cars|vans?|vehicles?|lorry|truck|motorbike|moped|scooter|bikes?|cyclist|gang|group|culprits?|offenders?|intruders?))`
)

var orders = []*regexp.Regexp{
	// Dutch
	regexp.MustCompile(`\b(?:volg|volgt|volgt u|achtervolg|schaduw|traceer) ` + nlWho + `\b`),
	regexp.MustCompile(`\b` + nlWho + ` (?:te |blijven |proberen te |te blijven )?(?:volgen|achtervolgen|schaduwen|tegenhouden|vasthouden|klemrijden|inrekenen|overmeesteren|arresteren|vastgrijpen|opjagen|omsingelen|te volgen|staande houden)\b`),
	regexp.MustCompile(`\b(?:hou|houd|houdt) ` + nlWho + `[^.;,:?!]{0,30}? (?:tegen|vast|staande)\b`),
	regexp.MustCompile(`\b(?:grijp|pak|vang|stop|arresteer|overmeester|onderschep|blokkeer|klem|omsingel|versper|jaag|ontwapen|fouilleer|neutraliseer|stuit) ` + nlWho + `\b`),
	regexp.MustCompile(`\b(?:blokkeer|versper|barricadeer) (?:de|het|hun|zijn|haar|alle) (?:weg|straat|straten|doorgang|uitrit|uitgang|vluchtweg|oprit|pad)\b`),
	regexp.MustCompile(`\b(?:rijd|rij|loop|ren|fiets|ga) (?:er|hem|haar|hen|ze|` + nlWho + `) ?(?:achterna|achteraan)\b|\b(?:ga|loop|rijd|rij|ren|fiets) (?:er ?)?achter ` + nlWho + ` (?:aan|na)\b|\bachter ` + nlWho + ` aan (?:te )?(?:rijden|lopen|gaan|fietsen)\b|\b(?:loop|rijd|rij|fiets|ga) ` + nlWho + ` na\b|\bga erachteraan\b|\bga er achteraan\b`),
	regexp.MustCompile(`\b(?:rijd|rij) ` + nlWho + ` klem\b|\bsnijd? ` + nlWho + ` de pas af\b|\bsluit ` + nlWho + ` (?:in|op)\b|\bzet de achtervolging in\b|\bneem de achtervolging\b`),
	regexp.MustCompile(`\b(?:patrouilleer|surveilleer)\b|\b(?:ga|kom|help|laten we|wie wil|wie kan|we gaan|gelieve(?: te)?|gaarne|graag|vragen u(?: om)?(?: te)?|u mag|kan u|kunt u|ga samen|mee|om)\b[^.;:?!]{0,40}?\b(?:patrouilleren|surveilleren)\b|\bga (?:mee |samen |zelf )?(?:op|in) (?:patrouille|ronde)\b|\b(?:ga|kom)[^.;:?!]{0,20}? (?:op patrouille|wachtlopen|de wacht houden)\b|\b(?:loop|hou|houd) (?:zelf |samen |mee )?(?:de )?(?:wacht|patrouille|rondes)\b|\b(?:organiseer|vorm|start) (?:een |zelf |samen )*(?:burgerwacht|patrouilles?|wachtrondes?|burgerpatrouilles?|knokploeg)\b`),
	regexp.MustCompile(`\bachtervolgen\b[^.;:?!]{0,20}\b(?:aub|a\.u\.b|graag|alstublieft|gevraagd)\b|\b(?:ga|kom|gelieve|gelieve te|probeer|help)\b[^.;:?!]{0,25}? (?:te )?achtervolgen\b|\bachtervolg\b`),
	// French
	regexp.MustCompile(`\b(?:suivez|suis|poursuivez|poursuis|pistez|filez|traquez|pourchassez|chassez|interceptez|intercepte|interpellez|retenez|retiens|maitrisez|maitrise|attrapez|attrape|bloquez|bloque|neutralisez|coincez|coince|saisissez|arretez|arrete|immobilisez|stoppez|stoppe|empoignez|encerclez|capturez|desarmez|barrez)(?: [a-z]+ment)?` + frWho),
	regexp.MustCompile(`\b(?:bloquez|barrez) (?:la|le|les|leur|sa|toutes les|toute) (?:rue|route|rues|passage|sortie|sorties|chemin)\b`),
	regexp.MustCompile(`\b(?:de|a|pour|pouvez|veuillez|allez|devez|essayez de|essayer de|faut|tentez de) (?:l'|le |la |les )(?:suivre|poursuivre|pourchasser|intercepter|retenir|maitriser|attraper|bloquer|arreter|neutraliser|coincer)\b`),
	regexp.MustCompile(`\b(?:suivre|poursuivre|pourchasser|intercepter|retenir|maitriser|attraper|bloquer|neutraliser|coincer)` + frWho),
	regexp.MustCompile(`\bpatrouillez\b|\b(?:allez|partez|sortez|venez|aidez|merci de|priere de|organisez|veuillez|pouvez|faites|il faut|essayez de)\b[^.;:?!]{0,30}?\b(?:patrouiller|en patrouille|des rondes|une ronde|une patrouille|des patrouilles)\b|\bprenez[- ](?:le|la|les)[^.;:?!]{0,10} en (?:chasse|filature)\b|\bprenez en (?:chasse|filature)\b|\b(?:montez|formez|organisez) (?:une |des )(?:milice|patrouilles?|rondes?)\b`),
	regexp.MustCompile(`\b(?:courez|allez|roulez|partez|lancez-vous) (?:apres|derriere|a la poursuite|a leur poursuite|a sa poursuite)\b`),
	// German
	regexp.MustCompile(`\b(?:folgen sie|folgt|folge|verfolgen sie|verfolgt|verfolge|jagen sie|jagt|stoppen sie|stoppt|stoppe|stellen sie|stellt|fangen sie|fangt|packen sie|packt|greifen sie|greift|schnappen sie|schnappt|uberwaltigen sie|uberwaltigt|blockieren sie|blockiert|umzingeln sie|umzingelt|entwaffnen sie|beschatten sie|beschattet|ergreifen sie|ergreift|arretieren sie) ` + deWho + `\b`),
	regexp.MustCompile(`\b(?:halten sie|haltet|halte|nehmen sie|nehmt|nimm) ` + deWho + `[^.;,:?!]{0,30}? (?:fest|auf|an)\b`),
	regexp.MustCompile(`\b` + deWho + ` (?:bitte )?(?:zu )?(?:verfolgen|festhalten|aufhalten|festnehmen|stellen|uberwaltigen|stoppen|jagen|einkreisen|festzuhalten|aufzuhalten|beschatten)\b`),
	regexp.MustCompile(`\b(?:patrouillieren sie|patrouilliert|patrouilliere)\b|\b(?:gehen sie|geht|geh|helfen sie|kommen sie|bitte|laufen sie|lauft|fahren sie)\b[^.;:?!]{0,30}?\b(?:auf streife|streife|patrouille|patrouillieren|auf patrouille)\b|\b(?:bilden sie|bildet|grunden sie|organisieren sie) (?:eine |einen )?(?:burgerwehr|streifen?|patrouillen?)\b`),
	regexp.MustCompile(`\b(?:laufen sie|lauft|lauf|rennen sie|rennt|fahren sie|fahrt|gehen sie|geht) ` + deWho + ` (?:nach|hinterher)\b|\b(?:versperren sie|versperrt|blockieren sie|blockiert) (?:(?:ihm|ihr|ihnen|allen) )?(?:die|den|das|jeden|jede) (?:strasse|weg|ausfahrt|zufahrt|durchfahrt|ausgang|fluchtweg)\b|\bnehmen sie die verfolgung auf\b|\bnehmt die verfolgung auf\b|\bschneiden sie ` + deWho + ` den weg ab\b`),
	// English
	regexp.MustCompile(`\b(?:follow|chase|pursue|stalk|shadow|tail|stop|detain|hold|catch|grab|tackle|restrain|intercept|seize|apprehend|arrest|corner|surround|block|confront|trap|track down|go after|run after|drive after|chase down|disarm|overpower) ` + enWho + `\b`),
	regexp.MustCompile(`\bblock (?:the|their|his|her|all|every) (?:road|roads|street|exit|exits|way|path|escape|drive|lane)\b`),
	regexp.MustCompile(`\b(?:go|come|start|join|help|please|and|out|to|let us|let's|we will)\b[^.;:?!]{0,20}? (?:patrol|patrolling)\b|\bpatrol (?:the|your|our) (?:street|streets|area|neighbourhood|estate|park|road|block|district|village)\b|\b(?:form|organise|start|set up) (?:a |your own )?(?:patrols?|posse|militia|vigilante group)\b`),
}

var negation = regexp.MustCompile(`\bn'|\b(?:niet|nooit|geen|niemand|zonder|ne|pas|jamais|sans|nicht|nie|niemals|kein|keine|keinen|ohne|not|forbidden|prohibited|illegal|never|don't|dont|nobody|without|cannot|avoid|vermijd|evitez|vermeiden|verboden|interdit|verboten|wordt|werd|werden)\b`)

// byPolice are subjects that may follow, stop and patrol; what they do is a fact, not an order.
var byPolice = regexp.MustCompile(`\b(?:politie|agenten?|wijkagenten?|patrouilles?|ploeg|ploegen|inspecteurs?|helikopter|police|policiers?|agents?|equipes?|helicoptere|polizei|beamten?|beamte|streifen?|streifenwagen|polizisten|hubschrauber|officers?|helicopter|crews?|we|wij|onze|nous|nos|wir|unsere|our|diensten|collega's)\b`)

func following(d *document, _ buurtbel.Language, _ Context) {
	for _, order := range orders {
		for _, m := range order.FindAllStringIndex(d.low, -1) {
			s := span{m[0], m[1]}
			if d.advisesAgainst(s) || d.policeDo(s) {
				continue
			}
			d.report(Refuse, Follow, s, nil)
		}
	}
}

// advisesAgainst tells whether the clause of an order says not to.
func (d *document) advisesAgainst(s span) bool {
	c := d.clause(s)
	return negation.MatchString(d.low[c.start:s.start]+" ") || negation.MatchString(d.low[s.start:s.end]) ||
		negation.MatchString(d.low[s.end:min(c.end, s.end+30)])
}

// police are those subjects where they stand within the words of the order: "laat de politie de man tegenhouden".
var police = regexp.MustCompile(`\b(?:politie|police|polizei|agenten|policiers|beamten)\b`)

// asks are words that turn a sentence about the police into a request to members.
var asks = regexp.MustCompile(`\b(?:u|jullie|gelieve|vraagt|vragen|vous|demande|demandons|priere|merci de|veuillez|bittet|bitten|you|asks?|please)\b`)

// policeDo tells whether police are the subject before the verb and nobody is asked.
func (d *document) policeDo(s span) bool {
	c := d.clause(s)
	before := d.low[c.start:s.start]
	return (byPolice.MatchString(before) || police.MatchString(d.low[s.start:s.end])) && !asks.MatchString(before)
}
