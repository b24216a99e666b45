package replytext

import (
	"regexp"
	"strings"
)

// words makes a pattern that finds any of these, each whole.
func words(list ...string) *regexp.Regexp {
	return regexp.MustCompile(` (?:` + strings.Join(list, `|`) + `) `)
}

// within says that b follows a within some words.
func within(a, b string) string { return `(?:` + a + `)(?: \S+){0,6}? (?:` + b + `)` }

var lexicons = []*lexicon{dutch, french, german, english}

const (
	nlWho   = `iemand|iemant|ene|man|mannen|vrouw|jongen|jongens|gast|gasten|kerel|kerels|vent|persoon|personen|onbekende|vreemde|ze|hij|zij|twee|drie|stappen|voetstappen`
	nlPlace = `huis|woning|tuin|hof|garage|keuken|zolder|kelder|dak|raam|venster|deur|voordeur|achterdeur|deuren|poort|schuur|stal|badkamer|slaapkamer|living|binnen|boven|berging|school|muur|winkel|appartement|gang|inkom|serre|tuinhuis|veranda|koer|auto|wagen|autos|wagens|terras|oprit|balkon|beneden|dakraam|kluis`
)

var dutch = &lexicon{
	who:   words(`hij`, `ze`, `zij`, `iemand`, `die`, `ene`, `man`, `mannen`),
	small: set("de het een en van ik is dat niet er op aan bij wij ze naar met voor zijn mijn iemand hij werd nu nen der ier zen wordt worden huis ons heeft hebben toen was nog al zit staat ne bel kom uit"),
	still: words(
		`(?:is|zijn|zit|zitten|staat|staan|zen|loopt|lopen|ben|wacht) (?:hier |daar |der |er |ier )?(?:nog|nog altijd|nog steeds|noch) (?:altijd |steeds )?(?:in|binnen|hier|boven|beneden|aanwezig|bezig|ter plaatse|op|bij|aan|int|der|er|daar|thuis)\b.*`,
		`nog (?:altijd |steeds )?(?:ter plaatse|in huis|binnen|bezig|aan de gang)`, `hij is (?:der|er|ier|hier) nog`, `ze zijn (?:der|er|ier|hier) nog`, `ze zijn (?:hier )?(?:nu )?binnen`, `(?:zijn|zen) ze (?:weer|terug|daar)`),
	going: words(
		`aan (?:het|t) (?:\S+ )?\S+en`, `aant \S+en`, `(?:aan|in) (?:de )?gang`, `bezig`, `op dit (?:eigenste )?moment`, `op dit ogenblik`, `momenteel`, `op heterdaad`, `zonet`, `zojuist`, `(?:zag|hoorde)(?: ik)?(?: nu)? (?:net|juist|pas)`, `(?:is|zijn|heeft|hebben|ben) (?:ik |er |hier )?(?:net|juist|pas)`,
		`wordt(?: \S+){0,6} \S*ge\S+`, `ik (?:zie|hoor|ruik)`, `(?:zie|hoor|ruik) ik`, `we (?:zien|horen|ruiken)`, `wij (?:zien|horen|ruiken)`, `ik (?:word|wordt)`, `nu (?:aan|bezig|binnen|overal)`),
	now:  words(`nu`, `nou`, `direct`, `vlug`, `snel`, `rap`, `dringend`, `onmiddellijk`, `daar`, `hier`, `ier`, `momenteel`, `juist`, `net`, `probeert`, `proberen`, `staat`, `zit`, `zitten`, `loopt`, `lopen`),
	call: words(`help (?:mij|me|ons|aub|er|ze|hij|iemand|snel|vlug)`, `om hulp`, `kom(?:t)? (?:\S+ )?(?:snel|vlug|rap|direct|aub|nu|onmiddellijk)`, `aub kom`, `bel nu`, `bel(?:t)?(?: \S+){0,3} (?:politie|brandweer|\d{3}|ambulance|flikken|snel|rap|vlug)`, `(?:vlug|snel|rap|dringend)(?: \S+){0,2} (?:politie|brandweer|bellen|hulp)`, `rap`, `aub (?:help|kom)`, `sos`, `noodgeval`, `levensgevaar`),
	days: words(`(?:eer)?gister\S*`, `vorige?`, `verleden`, `verleje`, `verlee`, `afgelopen`, `voorbije`, `vorig`, `laatste (?:week|weken|tijd|maand|maanden|dagen|jaren)`, `geleden`, `destijds`, `toen`, `vannacht`, `vanmorgen`, `vanochtend`, `(?:deze|dees) (?:morgen|ochtend|nacht)`, `die (?:nacht|avond|dag|ochtend|middag)`, `onlangs`, `laatst`, `vroeger`, `tijdje`, `ooit`,
		`(?:in|sinds|van|eind|begin) (?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)`, `\d{1,2} (?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)`, `20\d\d`,
		`(?:maan|dins|woens|donder|vrij|zater|zon)dag\S*`, `(?:sinds|na|over|tijdens) (?:de|die|het|deze|dat|al die|onze) (?:inbra\S+|inbreuk|diefstal\S*|feiten|brand|overval\S*|gevecht|poging)`, `nadat`, `een maand`),
	tense: words(`werd(?:en)?`, `was`, `waren`, `had(?:den)?`, `(?:heb|hebben|heeft)(?: \S+){0,8} (?:\S*ge(?:zien|hoord|stolen|broken|daan|had|weest|beld|maakt|nomen|lezen|merkt|probeerd|pakt|sproken|kocht|zegd|zeten|slapen|lopen|komen|gaan|vlucht|meld|vraagd|kregen|roken|dacht|roepen|filmd|vonden|haald|bracht|dumpt|stort|laten)|ontdekt|gemerkt|vastgesteld|verwittigd|vernomen)`, `(?:ingebroken|gestolen|opengebroken|leeggehaald|opgepakt|gevlucht|teruggevonden|gebeurd|meegenomen|binnengekomen|gevat|gearresteerd|geblust|vastgesteld|weggelopen)`, `(?:is|zijn)(?: \S+){0,6} (?:geweest|\S*gebroken|weggelopen|gevlucht|opgepakt)`,
		`stond(?:en)?`, `hoorde[n]?`, `zag(?:en)?`, `kwam(?:en)?`, `liep(?:en)?`, `reed`, `reden`, `droeg(?:en)?`, `ging(?:en)?`, `zat(?:en)?`, `las`, `merkten?`, `vroeg(?:en)?`, `vluchtten?`, `stal(?:en)?`, `probeerden?`, `braken`, `sloeg(?:en)?`, `riep(?:en)?`),
	calm: words(`\S*preventie\S*`, `voorkomen`, `\S*beveilig\S*`, `tips?`, `advies`, `\S*verzekering\S*`, `aangifte`, `pv`, `proces verbaal`, `vergadering`, `info\S*avond`, `beelden van`, `nieuws`, `gehoord (?:van|over)`, `krant`, `getuige`, `ongerust\S*`, `vals alarm`, `uw bericht`, `jullie bericht`, `hoe kan`, `hoe kunnen`, `cijfers`, `statistiek\S*`, `oefening`, `bedankt voor`, `dank voor`, `campagne`, `film`, `boek`, `oogje`, `wat als`, `stel dat`, `als er (?:iemand|ooit)`),
	danger: []dangerWords{
		{Fire, words(`brand`, `brandt`, `vuur`, `vlammen`, `rook`, `rookt`, `brandweer`, `gas`, `gaslek`, `gasgeur`, `ontploff\S*`, `ontploft`, `explosie`, `in brand`, `aan het branden`)},
		{Violence, words(`mes`, `gewapend\S*`, `geschreeuw`, `gegil`, `knal\S*`, `schreeuw\S*`, `gilt`, `mishandel\S*`, `vermoorden`, `pistool`, `geweer`, `wapen`, `bijl`, `\S*vecht\S*`, `bedreig\S*`, `schiet\S*`, `geschoten`, `schoten`, `slaat`, `slaan`, `klopt (?:op )?zijn`, `aanval\S*`, `valt(?: \S+){0,4} aan`, `aangevallen`, `overval\S*`, `gevolgd`, `achtervolg\S*`, `volgt mij`, `roep\S* om hulp`, `(?:hoor|horen)(?: \S+){0,3} (?:roepen|schreeuwen|gillen)`, `opgesloten`, `gegijzeld`, `ontvoer\S*`, `steekpartij`, `steekt`, `vermoord\S*`, `verkracht\S*`, `wil niet weg`, `binnen te houden`, `bloedt?`, `stalk\S*`)},
		{Accident, words(`ligt(?: \S+){0,4} (?:straat|grond|weg)`, `beweegt niet`, `bewusteloos`, `reageert (?:niet|nie)`, `antwoordt (?:niet|nie)`, `hartstilstand`, `overdosis`, `beroerte`, `stikt`, `in het water`, `verdrink\S*`, `gewond\S*`, `ongeval`, `zit(?: \S+){0,2} vast`, `hartaanval`, `ademt niet`, `reanim\S*`, `aangereden`)},
		{Burglary, words(`\S*inbre\S*`, `\S*inbra\S*`, `\S*ingebroken`, `\S*binnegebroken`, `binnengebroken`, `(?:breken?|breke|breekt|brekt)(?: \S+){0,5} (?:open|binnen?|in)`, `(?:open|binnen) ?te ?breken`, `breke binne`, `dief`, `dieven`, `diefstal`, `steelt`, `stelen`, `stele`, `pikken`, `forceren`, `forceert`, `koevoet`, `breekijzer`, `indringers?`, `insluipers?`, `daders?`, `gemaskerd\S*`, `masker`, `bivakmuts`, `glas(?: \S+){0,2} (?:breken|rinkelen|kapot)`, `glasgerinkel`, `prutsen`, `sleutelen`,
			`(?:rammelt|rammelen|trekt|trekken|voelt|voelen|morrelt|morrelen|duwt|duwen|stampt|stampen|klopt|bonst|bonkt|prutst|wrikt|wrikken)(?: \S+){0,5} (?:deuren?|\S+deur|deurklink\S*|poort|ramen|raam|venster|slot|autos?|wagens?)`,
			`(?:proberen?|probeert)(?: \S+){0,6} (?:deuren?|\S*deur|binnen|open|raam|venster|poort)`, `(?:klimt|klimmen|kruipt|kruipen|springt|springen|gesprongen|geklommen|gekropen)(?: \S+){0,6} (?:raam|venster|muur|tuin|hof|dak|poort|haag|afsluiting|omheining)`, `over de (?:muur|afsluiting|omheining|haag|poort)`,
			within(`(?:`+nlWho+`)(?: \S+){0,3} (?:in|op|aan|langs|door|int)`, nlPlace), `(?:laden|laadt)(?: \S+){0,4} koper`, `zaklamp`, `verdachte (?:mannen|man|personen|persoon|kerels)`, `voetstappen`, `\S*leegro\S*`, `leeghalen`, `leeg te halen`, `plunder\S*`, `\S*slijpen`, `slijpschijf`, `\S*ingeslagen`, `(?:slaan|slaat|gooit|gooien)(?: \S+){0,4} (?:ruit|ruiten|raam|ramen)`, `sluip\S*`, `gluur\S*`, `loer\S*`, `beweging (?:is )?in`, `(?:iemand|iemant|volk|gasten)(?: \S+){0,2} (?:binnen|beneden|boven)`, `alarm(?:sirene)?(?: \S+){0,4} (?:gaat|loeit|af)`)},
	},
}

const (
	frWho   = `quelqu un|qqn|homme|hommes|femme|gars|type|mec|inconnu|inconnue|inconnus|ils|il|elle|individus?|jeune|jeunes|deux|trois|bruits`
	frPlace = `maison|jardin|cour|garage|cuisine|grenier|cave|toit|fenetre|porte|portes|portiere|barriere|grange|salle|chambre|salon|haut|bas|moi|nous|voisins?|voisine|mur|magasin|ecole|appartement|couloir|veranda|abri|voiture|camionnette|batiment|pharmacie|terrasse|balcon|volet|bijouterie`
)

var french = &lexicon{
	who:   words(`ils?`, `elles?`, `quelqu un`, `qqn`, `homme\S*`, `les`),
	small: set("le la les un une des du je est que ne pas il ils elle dans chez sur avec pour mon ma quelqu qui nous et a y l d j on ont au aux etait sont en cette ce se notre mes vite svp ya"),
	still: words(`(?:est|sont) (?:encore|toujours|tjs|tjrs) (?:la|sur|dans|chez|ici|en|a|au|present\S*|cache\S*)\b.*`, `(?:encore|toujours) (?:sur place|dans la maison|la|a l interieur|chez)`, `ils sont (?:dans|chez|entres|rentres|a l interieur|ici)`, `(?:les|le|la) (?:re)?voila`, `revoila`, `est encore la`),
	going: words(`en (?:plein )?train (?:de|d)`, `entrain (?:de|d)`, `en cours`, `en ce moment`, `actuellement`, `a l instant`, `en direct`, `(?:vient|viens|viennent) (?:juste )?(?:de|d)`, `(?:je|on|nous) (?:vois|voit|voyons|entends|entend|entendons|sens|sent|sentons)`, `je (?:les|le|l|la) (?:vois|entends)`, `(?:suis|est|sommes|sont) (?:menace|agresse|attaque|suivi|poursuivi|enferme)\S*`, `(?:la|ici) maintenant`, `prise? en flagrant delit`),
	now:   words(`maintenant`, `mnt`, `vite`, `urgent`, `la`, `ici`, `tout de suite`, `immediatement`, `essaie\S*`, `essaye\S*`, `est`, `sont`),
	call:  words(`au secours`, `aidez (?:moi|nous|svp|vite)`, `a l aide`, `venez (?:\S+ )?(?:vite|svp|tout de suite|immediatement|maintenant)`, `appelez(?: \S+){0,3} (?:vite|police|pompiers|secours|ambulance|\d{3})`, `vite(?: \S+){0,3} (?:police|pompiers|secours|ambulance)`, `appelez vite`, `sos`, `au feu`),
	days: words(`hier`, `avant hier`, `(?:semaine|mois|an|annee|nuit|fois|hiver|ete|soir|jour|week end) (?:dernier|derniere|derniers|dernieres|passee?|precedente?|d avant)`, `(?:ces|les) dernier\S*`, `derniere\S*`, `il y a (?:\S+ )?(?:\S+ )?(?:jours?|semaines?|mois|ans?|annees?|temps|heures)`, `il y a quelques?`, `ce matin`, `cette nuit(?: la)?`, `autrefois`, `jadis`, `a l epoque`, `recemment`, `depuis (?:le|la|ce|cette|les) (?:cambriolage|vol|faits|incendie|braquage|agression)s?`, `lors (?:du|de)`, `suite (?:au|a)`, `apres (?:le|la|les|l|ce|notre) (?:cambriolage|vol|faits|incendie|braquage|agression|effraction|tentative)\S*`, `pendant notre`,
		`(?:en|depuis|debut|fin) (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)`, `\d{1,2} (?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)`, `20\d\d`, `(?:lun|mar|mercre|jeu|vendre|same)di`, `dimanche`, `quand(?: \S+){0,4} (?:est|sont|etais|etait|a|avons)`),
	tense: words(`(?:a|ont|avons|ai|avait|avaient|as|avez)(?: (?:deja|tout|bien|aussi|pas|rien|vite|encore|on|t on))? (?:ete|eu|vue?s?|lu|prise?s?|entendue?s?|cambriolee?s?|volee?s?|forcee?s?|fracturee?s?|videe?s?|disparu|constate|appele|achete|demande|essaye|tente|agressee?|retrouvee?s?|remplacee?s?|arretee?s?|porte|sonne|tire|remarque|signale|casse|laisse|emporte|fui|ouvert)`, `(?:s )?(?:est|sont|etait|etaient|etais|etions)(?: \S+){0,3} (?:fait|entres?|partis?|enfuis?|passes?|venus?|alles?)`, `etait`, `etaient`, `etais`, `etions`, `avait`, `avaient`, `avions`, `portait`, `pensais`, `voles?`, `disparu`, `retrouvee?`, `cambriolee?s?`, `s est`, `dormait`, `etaient`, `venu`),
	calm:  words(`prevention`, `proteger`, `protection`, `securiser`, `conseils?`, `assurance`, `plainte`, `pv`, `proces verbal`, `reunion`, `information`, `images`, `nouvelles`, `entendu parler`, `journal`, `temoin`, `inquiet\S*`, `fausse alerte`, `votre message`, `comment (?:mieux|puis|peut|faire|eviter)`, `serrures`, `exercice`, `statistiques`, `merci (?:pour|de)`, `eviter`, `film`, `livre`, `campagne`, `si (?:quelqu|jamais|on)`),
	danger: []dangerWords{
		{Fire, words(`feu`, `incendie`, `brule\S*`, `flammes?`, `fumee`, `pompiers`, `gaz`, `explos\S*`, `brulent`)},
		{Violence, words(`couteau`, `bat (?:sa|son|ses|un|une|le|la)`, `tabass\S*`, `hurle\S*`, `cris`, `detonations?`, `pistolet`, `fusil`, `arme\S*`, `hache`, `bagarre\S*`, `se battent`, `menace\S*`, `tire(?:nt)? (?:dans|sur|des)`, `coups de feu`, `ca tire`, `frappe\S*`, `agress\S*`, `attaqu\S*`, `braquage`, `braqu\S*`, `suivie? par`, `suivie?`, `poursuivi\S*`, `(?:entends?)(?: \S+){0,3} (?:crier|hurler|appeler)`, `crie(?: \S+){0,2} aide`, `enfermee?s?`, `saigne\S*`, `otage`, `empechent`, `ne veut pas partir`, `etrangl\S*`, `viol`, `viole`, `poignard\S*`, `enlev\S*`, `tue`)},
		{Accident, words(`a terre`, `couchee?(?: \S+){0,4} (?:rue|route|trottoir|sol)`, `par terre`, `ne bouge (?:plus|pas)`, `inconscient\S*`, `dans l eau`, `noie\S*`, `blesse\S*`, `accident`, `coincee?`, `malaise`, `(?:repond|reagit) (?:pas|plus)`, `ne (?:repond|reagit)`, `s etouffe`, `overdose`, `avc`, `ne respire`, `renverse\S*`, `infarctus`)},
		{Burglary, words(`\S*cambriol\S*`, `vol`, `voleurs?`, `volent`, `vole`, `voler`, `forcent`, `force`, `forcer`, `fracturent`, `effraction`, `intrus?`, `pied de biche`, `cagoul\S*`, `masque\S*`, `malfaiteurs?`, `bandits?`, `auteurs`, `verre(?: \S+){0,2} casser?`, `vitre(?: \S+){0,2} casser?`, `rentre\S*(?: \S+){0,2} (?:chez|che|dans)`, `entrent`, `(?:essaie|essaient|essaye|essayent|tente|tentent|veut|veulent)(?: \S+){0,4} (?:entrer|rentrer|ouvrir|forcer|portes?|fenetre|voitures?)`,
			`(?:tire|secoue|pousse|frappe|tape|tambourine|cogne|touche)(?:nt)?(?: \S+){0,4} (?:portes?|poignees?|volets?|portieres?)`, `(?:saute\S*|grimp\S*|escalad\S*|passe\S*|enjamb\S*)(?: \S+){0,4} (?:mur|fenetre|barriere|toit|cloture|haie|grille|jardin)`, `ouvrent une voiture`, `fouillent`, `fouille`, `chargent(?: \S+){0,3} cuivre`, `hommes? louches?`, `suspects?`, `des pas`, `(?:casse|cassent|brise|brisent|defonce|defoncent)(?: \S+){0,3} (?:vitre|vitres|vitrine|porte|fenetre|voitures?)`, `(?:tourne|tournent|rode|rodent) (?:autour|dans|pres|devant)?`, `rodeurs?`, `cagoules`, `bruits? (?:en bas|en haut|a l etage|dans)`, `pillent?`, `coffre fort`, `lampe(?: \S+){0,2} bouger`, `alarme(?: \S+){0,3} (?:sonne|hurle)`,
			within(`(?:`+frWho+`)(?: \S+){0,3} (?:dans|sur|a|au|devant|par|chez|derriere|sous)`, frPlace))},
	},
}
