package wording

import (
	"regexp"

	"github.com/buurtbel/buurtbel"
)

// ElementName is one of the five parts of a warning, in the order in which they work best (Mileti and Sorensen 1990).
type ElementName string

// The five elements, in their order.
const (
	Source   ElementName = "source"
	Hazard   ElementName = "hazard"
	Location ElementName = "location"
	Guidance ElementName = "guidance"
	Time     ElementName = "time"
)

// ElementNames lists the five in order.
var ElementNames = []ElementName{Source, Hazard, Location, Guidance, Time}

// Element tells whether the text has one of the five parts, and where it is clearest.
type Element struct {
	Name       ElementName
	Found      bool
	Start, End int    // byte offsets into the text; 0, 0 when missing
	Key        string // sentence: what this element is when found, how to add it when missing
}

// Elements looks for the five elements in order. It recognises words, so a missing element is a hint and never a refusal.
func Elements(text string, lang buurtbel.Language, ctx Context) []Element {
	d := read(text, ctx)
	out := make([]Element, 0, len(ElementNames))
	for _, name := range ElementNames {
		s, ok := d.element(name, lang, ctx)
		e := Element{Name: name, Found: ok, Key: "wording.element." + string(name) + ".missing"}
		if ok {
			e.Start, e.End, e.Key = d.at[s.start], d.at[s.end], "wording.element."+string(name)+".found"
		}
		out = append(out, e)
	}
	return out
}

func (d *document) element(name ElementName, lang buurtbel.Language, ctx Context) (span, bool) {
	var known []span
	switch name {
	case Source:
		known = d.spansOf(ctx.Sources)
	case Location:
		known = ctx.Places.in(d)
	case Hazard, Guidance, Time:
	}
	if len(known) > 0 {
		return known[0], true
	}
	for _, p := range elementPatterns[name][lang] {
		if m := p.FindStringIndex(d.low); m != nil {
			return span{m[0], m[1]}, true
		}
	}
	for _, p := range elementPatterns[name][""] {
		in := d.low
		if name == Location {
			in = d.fold
		}
		if m := p.FindStringIndex(in); m != nil {
			return span{m[0], m[1]}, true
		}
	}
	return span{}, false
}

type patterns = map[buurtbel.Language][]*regexp.Regexp

func one(p string) []*regexp.Regexp { return []*regexp.Regexp{regexp.MustCompile(p)} }

// elementPatterns are words by which each element is known, on the folded lower-case text; those under "" hold in every language,
// for a location with capitals kept.
var elementPatterns = map[ElementName]patterns{
	Source: {
		buurtbel.Dutch:   one(`\b(?:(?:lokale |federale )?politie(?:zone)?(?: [a-z\-]+)?|wijkagent|brandweer(?:zone)?|gemeente(?:bestuur)?|stad|civiele bescherming|hulpverleningszone|parket|burgemeester)\b`),
		buurtbel.French:  one(`\b(?:(?:la )?police(?: locale| federale)?|zone de police|pompiers|zone de secours|(?:la )?commune|ville|protection civile|parquet|bourgmestre|gendarmerie|mairie)\b`),
		buurtbel.German:  one(`\b(?:polizei(?:zone|inspektion|station)?|feuerwehr|gemeinde|stadt|hilfeleistungszone|katastrophenschutz|burgermeister|staatsanwaltschaft|ordnungsamt)\b`),
		buurtbel.English: one(`\b(?:(?:local )?police(?: zone)?|fire (?:brigade|service|and rescue)|municipality|council|city|town hall|civil protection|mayor)\b`),
	},
	Hazard: {
		buurtbel.Dutch:   one(`\b(?:[a-z]*(?:inbraak|inbraken|inbreker|ingebroken|inbreken|diefstal|diefstallen|dieven|dief|gestolen|overval\w*|brand\w*|rook\w*|ontploffing|explosie|gas(?:lek|geur)?|gevaarlijke stof\w*|gevaar\w*|overstrom\w*|wateroverlast|storm\w*|onweer|rukwind\w*|vermist\w*|verdwenen|verdacht\w*|oplicht\w*|fraude|phishing|vals geld|valse? biljet\w*|valse? \w+|vernieling\w*|vandal\w*|beschadig\w*|beschadigd|ramkraak|winkeldie\w*|afgesloten|versperd|ongeval|ongeluk|evacu\w*|vecht\w*|schietpartij|schoten|wapen\w*|aanranding|agressie\w*|geweld\w*|stroompanne|waterleiding|getuigen\w*|voordoen als|graffiti|sluikstort\w*|zwerfvuil|losgebroken|ontsnapt\w*|hond|glad\w*|gladheid|bommelding|bom|lek|verontreinig\w*|zakkenroller\w*|dreiging|voorbij|teruggevonden|beeindigd|ingeslagen|opengebroken|verontrust\w*))\b`),
		buurtbel.French:  one(`\b(?:cambriol\w*|vols?|vole\w*|voleurs?|braquage\w*|incendie\w*|feu|fumee\w*|explosion\w*|gaz|danger\w*|toxique\w*|inond\w*|tempete\w*|orage\w*|vents? violents?|disparu\w*|disparition|suspecte?s?|escro\w*|arnaque\w*|fraude\w*|hameconnage|fausse monnaie|faux (?:billets?|policiers?|agents?|\w+)|vandal\w*|degrad\w*|degats|voiture-belier|route fermee|fermee?s?|barree?s?|accident\w*|evacu\w*|bagarre|coups de feu|arme\w*|agress\w*|violence\w*|panne|temoins?|se font passer|tags?|depot\w*|echappe\w*|chien\w*|verglas|alerte a la bombe|fuite\w*|pollution|pickpockets?|menace\w*|retrouve\w*|passe|effraction|termine\w*)\b`),
		buurtbel.German:  one(`\b\w*(?:einbruch\w*|einbruche\w*|eingebrochen|einbrecher\w*|diebstahl\w*|diebstahle\w*|dieb(?:e|en)?|gestohlen|uberfall\w*|brand\w*|feuer|rauch\w*|explosion\w*|gas\w*|gefahr\w*|gefahrlich\w*|hochwasser|uberschwemm\w*|sturm\w*|unwetter|gewitter|vermisst\w*|verschwunden|verdachtig\w*|auffallig\w*|betrug\w*|betruger\w*|falschgeld|falsche\w*|sachbeschadigung\w*|beschadigt\w*|vandal\w*|gesperrt\w*|sperrung|unfall|unfalle|evaku\w*|raumung|schlagerei|schusse\w*|waffe\w*|angriff|gewalt|stromausfall|zeugen\w*|ausgeben|graffiti|entlaufen\w*|hund|glatteis|glatte|bombe\w*|leck|ausgetreten|verunreinig\w*|taschendieb\w*|drohung|vorbei|wiedergefunden|entwarnung|aufgebrochen|aufgehebelt)\b`),
		buurtbel.English: one(`\b(?:burgl\w*|break-ins?|broken into|theft\w*|thie(?:f|ves)|stolen|robb\w*|fire\w*|smoke|explosion\w*|gas|danger\w*|hazard\w*|flood\w*|storm\w*|gales?|missing|disappeared|suspicious\w*|fraud\w*|scam\w*|phishing|counterfeit\w*|fake|false|bogus|vandal\w*|damage\w*|ram-raid\w*|shoplift\w*|closed|blocked|accident\w*|crash|evacuat\w*|fight\w*|shots?|weapons?|knife|assault\w*|violen\w*|power cut|witness\w*|pos(?:e|es|ing) as|graffiti|escaped|loose dog|dogs?|ice|icy|bomb\w*|leak\w*|pollut\w*|pickpocket\w*|threat\w*|found safe|over|intruder\w*|prowler\w*)\b`),
	},
	Location: {
		buurtbel.Dutch:   one(`\b(?:in de (?:omgeving|buurt|wijk|straat|winkelstraat|dorpskern|stationsbuurt)|omgeving|ter hoogte van|rond het|aan het (?:station|kerkhof|park|zwembad|kanaal)|aan de (?:kerk|school|brug|vijver)|wijk [a-z]+|industriezone|bedrijventerrein|winkelcentrum|sportcentrum|woonwijk|centrum(?: van)?|kerkplein|dorpsplein|langs het kanaal|in onze (?:gemeente|stad|wijk))\b`),
		buurtbel.French:  one(`\b(?:secteur|quartier|aux alentours|a hauteur d[eu]|pres d[eu]|centre-ville|au centre|zoning|parc industriel|zone industrielle|gare|le long du canal|dans (?:notre|la) (?:commune|ville|rue)|a proximite)\b`),
		buurtbel.German:  one(`\b(?:im bereich|in der nahe|ortsteil|stadtteil|viertel|wohngebiet|gewerbegebiet|innenstadt|ortskern|zentrum|bahnhof|nahe|in hohe|umgebung|rund um|in unserer? (?:gemeinde|stadt))\b`),
		buurtbel.English: one(`\b(?:near|in the area of|around the|district|neighbourhood|town centre|city centre|village centre|industrial estate|shopping centre|station|along the canal|at the corner|in our (?:town|village|area))\b`),
		"": {
			regexp.MustCompile(`\b[\pL'\-]*(?:straat|straatje|laan|plein|dreef|steenweg|baan|kaai|kade|dijk|gracht|singel|lei|veld|hof|park|markt|strasse|str\.|platz|allee|gasse|ring|weg)\b(?: [0-9]+)?`),
			regexp.MustCompile(`(?i)\b(?:rue|avenue|boulevard|chaussee|chemin|quai|square|clos|allee|impasse|place|sentier) (?:de |du |des |de la |de l'|d'|la |le |les )*\pL[\pL'\-]+`),
			regexp.MustCompile(`\b\pLu?[\pL'\-]* (?:Street|Road|Lane|Avenue|Square|Close|Drive|Way|Court|Park|Place|Crescent|Terrace|Gardens|Hill|Grove)\b`),
			regexp.MustCompile(`\b[NERA] ?[0-9]{1,3}\b`),
			regexp.MustCompile(`\b(?:in|te|aan|bij|naar|tussen|rond|langs|a|au|aux|vers|entre|dans|sur|im|am|bei|nach|zwischen|at|near|around|on|between|to) (?:(?:de|het|den|la|le|les|der|dem|the) )?\p{Lu}[\pL'\-]{2,}`),
		},
	},
	Guidance: {
		buurtbel.Dutch:   one(`\b(?:blijf|blijft|sluit|bel|belt|let op|opletten|kijk|houd|hou|laat|ga|doe|open|vermijd|verlaat|rijd|waarschuw|geef|haak in|hang op|leg neer|zet|neem|nader|controleer|meld|bewaar|grijp niet|volg (?:de|ons)|help|vraag|betaal|wees|probeer|gebruik|raak|drink|kom|onthoud|noteer|u kunt|u hoeft|gelieve|kan u|wilt u)\b`),
		buurtbel.French:  one(`\b(?:restez|fermez|appelez|ouvrez|n'ouvrez|observez|regardez|gardez|laissez|allez|evitez|quittez|prenez|prevenez|donnez|ne donnez|raccrochez|verifiez|signalez|conservez|n'intervenez|n'approchez|suivez|respectez|aidez|soyez|ne touchez|touchez|buvez|rentrez|retenez|notez|vous pouvez|vous ne devez|merci de|veuillez|rendez-vous|roulez|coupez|contactez|composez|mettez|faites)\b`),
		buurtbel.German:  one(`\b(?:bleiben sie|bleibt|schliessen sie|schliesst|rufen sie|ruft|offnen sie|achten sie|beobachten sie|schauen sie|halten sie|lassen sie|gehen sie|meiden sie|verlassen sie|fahren sie|informieren sie|geben sie|legen sie|prufen sie|melden sie|sichern sie|folgen sie den|greifen sie nicht|nicht selbst eingreifen|helfen sie|seien sie|nennen sie|merken sie|bewahren sie|trinken sie|kommen sie|machen sie|sie konnen|sie brauchen|bitte|wahlen sie|stellen sie|nehmen sie|nutzen sie|uberweisen sie|hinweise)\b`),
		buurtbel.English: one(`\b(?:stay|close|call|shut|open|watch|look|keep|leave|go|avoid|do not|don't|take|warn|give|hang up|check|report|lock|follow the|help|be|use|drink|touch|remember|note|you can|you need|please|ring|dial|turn|put|tell|remain|move|drive)\b`),
	},
	Time: {
		buurtbel.Dutch:   one(`\b(?:[0-9]{1,2}[.:u][0-9]{2}(?: ?uur|u)?|[0-9]{1,2} ?(?:uur|u)\b(?: ?[0-9]{2})?|vandaag|vannacht|vanavond|vanmorgen|vanmiddag|vanochtend|gisteren\w*|morgen\w*|nu|zonet|daarnet|zojuist|momenteel|op dit ogenblik|sinds|geldig tot|tot nader bericht|(?:maan|dins|woens|donder|vrij|zater|zon)dag|[0-9]+ (?:minuten|uren) geleden)`),
		buurtbel.French:  one(`\b(?:[0-9]{1,2} ?h(?:eures?)?(?: ?[0-9]{2})?\b|[0-9]{1,2}:[0-9]{2}|aujourd'hui|cette nuit|ce (?:soir|matin|midi)|cet apres-midi|hier|demain|maintenant|en ce moment|actuellement|a l'instant|depuis|valable jusqu|jusqu'a|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|il y a [0-9]+)`),
		buurtbel.German:  one(`\b(?:[0-9]{1,2}[.:][0-9]{2}(?: ?uhr)?|[0-9]{1,2} uhr(?: [0-9]{2})?|heute|heute nacht|gestern|morgen|jetzt|soeben|gerade|derzeit|zurzeit|aktuell|momentan|seit|gultig bis|bis auf weiteres|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|vor [0-9]+ (?:minuten|stunden))`),
		buurtbel.English: one(`\b(?:[0-9]{1,2}[.:][0-9]{2}(?: ?(?:am|pm))?|[0-9]{1,2} ?(?:am|pm|o'clock)|today|tonight|this (?:morning|afternoon|evening|night)|yesterday|tomorrow|now|just now|currently|at the moment|since|until|holds until|(?:mon|tues|wednes|thurs|fri|satur|sun)day|[0-9]+ (?:minutes|hours) ago)\b`),
	},
}
