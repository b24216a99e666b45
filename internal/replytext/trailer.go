package replytext

import (
	"regexp"
	"strings"
)

// device is what a program or telephone writes under a mail by itself; a whole line.
var device = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:verzonden|verstuurd|gestuurd)\s+(?:vanaf|vanuit|met|via|van|door)\s+(?:mijn|een|de|het|outlook|mail|yahoo|proton|gmail|samsung|iphone|ipad|android|galaxy|huawei|xiaomi|aquamail|telenet|proximus|bluemail|spark|e-mail voor).{0,100}`,
	`envoy[ée]e?\s+(?:de|du|depuis|à partir de|a partir de|avec|via|par)\s+(?:mon|ma|un|l['’]|la messagerie|le|outlook|courrier|mail|yahoo|proton|gmail|samsung|iphone|ipad|android|galaxy|tuta).{0,100}`,
	`(?:von|vom)\s+(?:meinem|meiner|mein|samsung|iphone|ipad|android).{0,80}\s(?:gesendet|verschickt|geschickt|versandt)`,
	`(?:gesendet|verschickt|gesandt)\s+(?:von|vom|mit|über|ueber|aus)\s+(?:meinem|meiner|mein|der|outlook|mail|yahoo|proton|gmail|samsung|iphone|ipad|android|galaxy|gmx|web\.de).{0,100}`,
	`sent\s+(?:from|via|with|by|using)\s+(?:my|a|an|the|outlook|mail|yahoo|proton|gmail|samsung|iphone|ipad|android|galaxy|huawei|xiaomi|aol|bluemail|spark|tuta|blackberry).{0,100}`,
	`sent from (?:\w+ ){0,4}?(?:iphone|ipad|android|blackberry|mobile|phone|tablet|device)`,
	`(?:get|download|obtenir|obtenez|t[ée]l[ée]charger|t[ée]l[ée]chargez|hol dir|holen sie sich|download de)\s+(?:outlook|bluemail|la app|l['’]application|die app|the app).{0,100}`,
	`outlook\s+(?:voor|für|pour|for)\s+\w+\s+(?:downloaden|beziehen|herunterladen).{0,100}`,
	`(?:diese nachricht|dit bericht|deze e-?mail|ce message|cet e-?mail|this (?:message|e-?mail))\s+(?:wurde|is|werd|a [ée]t[ée]|was)\s+(?:von meinem|vom|vanaf|verzonden vanaf|verzonden met|verstuurd vanaf|verstuurd met|envoy[ée] (?:de|depuis|avec)|sent (?:from|with)).{0,100}`,
	`provenance\s*:\s*(?:courrier|outlook|mail).{0,60}`,
	`(?:virusvrij|virus-free|garanti sans virus|sans virus|virenfrei)\.?\s*(?:www\.)?.{0,60}`,
	`(?:deze e-?mail is gecontroleerd op virussen|l['’]absence de virus dans ce courrier|diese e-?mail wurde (?:von|mit) avast|this e-?mail has been (?:checked|scanned)).{0,120}`,
	`<?https?://\S+>?`,
}, `|`) + `)$`)

var product = regexp.MustCompile(`(?i)iphone|ipad|android|galaxy|samsung|blackberry|huawei|xiaomi|outlook|gmail|proton|yahoo|smartphone|mobile|tablet|gsm|handy`)

// isDevice knows such a line. With a comma in it, it is one only when a product is named before: "Sent from my desk, which is easier" is text.
func isDevice(text string) bool {
	before, _, comma := strings.Cut(text, ", ")
	return device.MatchString(text) && (!comma || product.MatchString(before) || strings.Contains(before, "viru"))
}

// strong are phrases that only disclaimers have. All are in folded form.
var strong = regexp.MustCompile(strings.Join([]string{
	`(?:e-?mail|bericht|mail)\b.{0,160}\b(?:bestemd voor|geadresseerde|ontvanger)`, `(?:geadresseerde|per vergissing|abusievelijk|ten onrechte).{0,120}\b(?:afzender|verwijder|vernietig)`,
	`(?:message|courriel|e-?mail)\b.{0,160}\b(?:destinataire|destine|destines|adresse exclusivement)`, `(?:par erreur).{0,120}\b(?:expediteur|detruire|supprimer)`,
	`(?:e-?mail|nachricht|mail)\b.{0,160}\b(?:empfanger bestimmt|adressaten|vertrauliche informationen|ausschliesslich fur)`, `(?:irrtumlich|nicht der richtige (?:adressat|empfanger)).{0,160}\b(?:absender|loschen|vernichten)`,
	`(?:e-?mail|message|communication)\b.{0,160}\b(?:intended (?:solely|only|recipient|for)|addressee|privileged)`, `(?:in error|intended recipient).{0,160}\b(?:sender|delete|destroy|notify)`,
	`(?:denk|denken).{0,20}(?:milieu|umwelt).{0,80}(?:print|afdruk|ausdruck|drucken|mail)`, `(?:pensez|pensons|preservez|respectez).{0,30}(?:environnement|planete|nature).{0,80}(?:imprim|message|mail)`, `avant d'imprimer`,
	`(?:consider|think of|think about).{0,20}(?:environment|planet|trees).{0,60}(?:print|mail)`, `^\W{0,3}(?:disclaimer|proclaimer|avertissement legal|haftungsausschluss)\b`,
	`muss? (?:diese|die) (?:e-?mail|nachricht) (?:wirklich )?(?:gedruckt|ausgedruckt)`, `moet u deze (?:e-?)?mail (?:echt |werkelijk )?(?:afdrukken|printen)`,
}, `|`))

// disclaims tells whether a paragraph says for whom the mail is, or that paper is made of trees.
func disclaims(paragraph string) bool {
	if len(paragraph) > 4*longest {
		paragraph = paragraph[:4*longest]
	}
	return strong.MatchString(fold(paragraph))
}
