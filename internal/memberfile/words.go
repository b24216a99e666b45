package memberfile

import (
	"strings"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/addressfile"
)

// headerWords are the words people put above a column, in the four languages, folded. The order of languages does not matter.
var headerWords = wordTable(map[Meaning]string{
	Given:        "voornaam,vnaam,voornamen,roepnaam,prenom,prenoms,vorname,vornamen,rufname,first name,firstname,given name,given names,forename",
	Family:       "achternaam,familienaam,famnaam,fam naam,familie naam,geslachtsnaam,nom de famille,nom,nachname,familienname,zuname,last name,lastname,surname,family name",
	Name:         "naam,namen,naam voornaam,naam en voornaam,voornaam en naam,voornaam naam,volledige naam,naam lid,lid,leden,bewoner,bewoners,contactpersoon,familie,fam,nom et prenom,nom prenom,nom complet,prenom nom,prenom et nom,membre,name,vollstandiger name,name vorname,vorname name,mitglied,full name,member,member name,resident",
	Street:       "straat,straatnaam,straat naam,rue,nom de rue,nom de la rue,strasse,strassenname,street,street name",
	Address:      "adres,straat en nummer,straat nr,straat en nr,straat nummer,straat huisnummer,straat en huisnummer,woonadres,volledig adres,thuisadres,adresse,adresse complete,rue et numero,rue n,rue no,rue et n,anschrift,strasse nr,strasse hausnummer,strasse und hausnummer,strasse und nr,address,home address,street and number,street address",
	HouseNumber:  "nr,nummer,huisnummer,huisnr,huis nr,huis nummer,nr bus,nr en bus,huisnummer bus,no,n,n°,num,numero,numero de maison,n de maison,hausnummer,hausnr,haus nr,house number,number,house no,house nr",
	Box:          "bus,busnr,busnummer,bus nr,bte,boite,boite postale,numero de boite,box,apt,app,appartement,toevoeging,huisnummertoevoeging,postfach,wohnung",
	PostalCode:   "postcode,postnr,postnummer,pc,post code,zip,zipcode,code postal,cp,codepostal,plz,postleitzahl,postal code",
	Municipality: "gemeente,woonplaats,plaats,stad,deelgemeente,dorp,gemeente stad,postcode gemeente,postcode en gemeente,postcode woonplaats,postcode en woonplaats,pc gemeente,pc woonplaats,commune,localite,ville,code postal et localite,code postal localite,cp localite,ort,wohnort,gemeinde,stadt,plz ort,plz und ort,town,city,municipality,postcode town,place",
	Mobile:       "gsm,gsm nr,gsm nummer,gsmnr,gsmnummer,gsm nummers,mobiel,mobiel nummer,mobiele nummer,mobiele telefoon,mobieltje,mob,mobile,mobil,portable,n de gsm,numero de gsm,n gsm,no gsm,gsm prive,numero de portable,handy,handynummer,handy nr,mobilnummer,mobiltelefon,mobile phone,mobile number,cell,cellphone,cell phone,sms,sms nummer",
	Fixed:        "vast,vaste lijn,vast nummer,vaste telefoon,telefoon vast,tel vast,tel thuis,telefoon thuis,thuis,huistelefoon,telefoon prive,tel prive,fixe,tel fixe,telephone fixe,ligne fixe,tel domicile,domicile,festnetz,festnetznummer,telefon festnetz,landline,home phone,home,fixed line,telephone home",
	Phone:        "telefoon,tel,telefoonnummer,telefoonnr,tel nr,tel nummer,telnr,telnummer,telefoonnummers,tel gsm,telefoon gsm,telefoon of gsm,gsm of telefoon,gsm tel,gsm telefoon,contactnummer,nummers,telephone,n de telephone,numero de telephone,tel no,telefon,telefonnummer,telefonnr,tel nr,rufnummer,phone,phone number,phone no,contact number",
	Mail:         "mail,e mail,email,mailadres,e mailadres,emailadres,e mail adres,email adres,mail adres,mailadressen,e mails,mails,elektronische post,courriel,adresse mail,adresse e mail,adresse email,mel,adresse electronique,e mail adresse,emailadresse,mailadresse,email address,e mail address,mail address",
	Language:     "taal,voorkeurtaal,taalvoorkeur,moedertaal,taalkeuze,langue,langue preferee,sprache,bevorzugte sprache,language,preferred language",
	Household:    "gezin,gezinsnummer,gezinsnr,gezin nr,huishouden,menage,numero de menage,famille,haushalt,haushaltsnummer,household",
	Partner:      "partner,echtgenoot,echtgenote,echtgenoot echtgenote,naam partner,partner naam,tweede persoon,2de persoon,2e persoon,tweede bewoner,conjoint,conjointe,conjoint e,partenaire,ehepartner,spouse,second person",
	Remark:       "opmerking,opmerkingen,commentaar,nota,notities,bemerking,bemerkingen,info,extra,extra info,varia,remarque,remarques,commentaire,commentaires,bemerkung,bemerkungen,anmerkung,anmerkungen,notiz,remark,remarks,note,notes,comment,comments",
	Ignore: "volgnummer,volgnr,lidnummer,lidnr,lid nr,id,rijnr,rij,numero de membre,mitgliedsnummer,member number,geboortedatum,geboren,leeftijd,date de naissance,geburtsdatum,date of birth,geslacht,sexe,geschlecht,gender,m v,titel,aanspreking,aanspreektitel,titre,civilite,anrede,title," +
		"betaald,lidgeld,bijdrage,cotisation,paye,beitrag,bezahlt,paid,contribution,lid sinds,datum,datum inschrijving,inschrijving,date,membre depuis,mitglied seit,member since,land,pays,country,iban,rekeningnummer,compte,sticker,bord,fax",
})

func wordTable(by map[Meaning]string) map[string]Meaning {
	table := map[string]Meaning{}
	for m, words := range by {
		for w := range strings.SplitSeq(words, ",") {
			table[addressfile.Fold(w)] = m
		}
	}
	return table
}

// partnerWords above a column say that it belongs to the second adult. A bare number does not: "gsm 2" is often the same person's.
var partnerWords = []string{"partner", "echtgenoot", "echtgenote", "conjoint", "conjointe", "partenaire", "spouse", "ehepartner", "2e persoon", "2de persoon", "tweede persoon", "persoon 2", "bewoner 2", "personne 2", "person 2"}

// headerMeaning finds what a header's text means. It forgives numbers ("gsm 2"), units in brackets and words around a known one.
func headerMeaning(text string) (m Meaning, partner, ok bool) {
	text, _, _ = strings.Cut(text, "\n")
	folded := addressfile.Fold(text)
	if folded == "" {
		return "", false, false
	}
	for _, w := range partnerWords {
		if rest, cut := cutWords(folded, w); cut {
			if bare, first := cutWords(rest, "1"); first { // "naam partner 1" is the first adult's
				if m, known := headerWords[bare]; known {
					return m, false, true
				}
				return Name, false, true
			}
			if m, known := headerWords[trimCount(rest)]; known && m != Partner {
				return m, true, true
			}
			return Partner, false, true
		}
	}
	if m, known := headerWords[trimCount(folded)]; known {
		return m, false, true
	}
	before, _, _ := strings.Cut(text, "(")
	if m, known := headerWords[trimCount(addressfile.Fold(before))]; known {
		return m, false, true
	}
	return containedWord(folded)
}

// containedWord looks for the longest known word inside a longer header such as "uw gsm-nummer aub".
func containedWord(folded string) (m Meaning, partner, ok bool) {
	fields := strings.Fields(folded)
	if len(fields) > 6 {
		return "", false, false
	}
	for size := min(4, len(fields)); size > 0; size-- {
		for i := 0; i+size <= len(fields); i++ {
			w := strings.Join(fields[i:i+size], " ")
			if known, is := headerWords[w]; is && (len(w) > 3 || w == "gsm" || w == "tel") {
				return known, false, true
			}
		}
	}
	return "", false, false
}

// cutWords takes w out of text when it stands there as whole words.
func cutWords(text, w string) (string, bool) {
	padded := " " + text + " "
	before, after, ok := strings.Cut(padded, " "+w+" ")
	return strings.TrimSpace(before + " " + after), ok
}

// trimCount takes a counting number off: "gsm 2", "e mail1", "1e tel".
func trimCount(folded string) string {
	fields := strings.Fields(folded)
	kept := fields[:0]
	for _, f := range fields {
		if f = strings.Trim(f, "0123456789"); f != "" && f != "e" || len(fields) == 2 && f == "e" && fields[1] == "mail" {
			kept = append(kept, f)
		}
	}
	return strings.Join(kept, " ")
}

var languageWords = func() map[string]buurtbel.Language {
	table := map[string]buurtbel.Language{}
	for l, words := range map[buurtbel.Language]string{
		buurtbel.Dutch:   "nl,n,ned,nederlands,nederl,vlaams,dutch,neerlandais,niederlandisch,flamand,nld,nl be",
		buurtbel.French:  "fr,f,fra,frans,francais,french,franzosisch,francophone,fr be",
		buurtbel.German:  "de,d,du,dui,duits,deutsch,german,allemand,deu,de be",
		buurtbel.English: "en,e,eng,engels,english,anglais,englisch,gb,uk",
	} {
		for w := range strings.SplitSeq(words, ",") {
			table[w] = l
		}
	}
	return table
}()

// readLanguage reads a word for a language, the first when several stand there ("nl/fr").
func readLanguage(text string) (buurtbel.Language, bool) {
	folded := addressfile.Fold(text)
	if l, ok := languageWords[folded]; ok {
		return l, true
	}
	first, _, _ := strings.Cut(folded, " ")
	l, ok := languageWords[first]
	return l, ok
}

var totals = []string{"totaal", "totaal aantal", "aantal", "aantal leden", "som", "subtotaal", "total", "nombre", "nombre de membres", "sous total", "somme", "summe", "anzahl", "gesamt", "gesamtzahl", "insgesamt", "sum", "count", "total members"}

// givenNames are common given names of the country's three languages. They only decide which of two words is the given name; a name that
// is not here is never refused.
var givenNames = func() map[string]bool {
	table := map[string]bool{}
	for n := range strings.SplitSeq("jan,piet,pieter,peter,paul,marc,mark,luc,luk,dirk,johan,koen,bart,tom,tim,wim,geert,guy,patrick,filip,philippe,eric,erik,erwin,frank,franky,frans,frederik,gert,hans,hugo,ivo,jef,jo,joris,jos,jozef,joseph,karel,kevin,kris,kristof,christophe,lieven,ludo,maarten,michel,michiel,mathias,matthias,nico,niels,olivier,pol,raf,rik,robert,roger,ronny,ruben,rudi,rudy,sam,sander,serge,simon,stef,stefaan,stefan,stephane,steven,stijn,sven,thierry,thomas,tony,toon,victor,vincent,walter,ward,werner,willy,wouter,yves,yvan,jean,pierre,jacques,andre,alain,albert,alex,alexander,bernard,bruno,charles,claude,daniel,danny,david,denis,didier,dominique,etienne,fabrice,francis,francois,freddy,gabriel,georges,gerard,gilbert,gilles,guido,gustaaf,henri,herman,jacob,jeroen,jelle,jens,joachim,jonas,jonathan,julien,kurt,laurent,leo,leon,louis,lucas,marcel,mario,martin,maurice,maxime,mohamed,nathan,nicolas,noah,pascal,philip,quinten,quentin,rene,richard,romain,sebastien,theo,thibault,urbain,xavier,yannick,yassin,ahmed,ali,hassan,mehmet,youssef,"+
		"an,ann,anna,anne,annick,anja,annelies,annemie,an sofie,bea,beatrice,brigitte,carine,karin,karine,carla,caroline,catherine,charlotte,chantal,christel,kristel,christiane,christine,kristien,kristin,claire,claudine,cindy,conny,daisy,danielle,debby,denise,diane,dorien,eline,elise,elke,ellen,els,emma,eva,evelien,evelyne,fabienne,fatima,francine,frieda,gerda,godelieve,greet,greta,griet,hanne,heidi,helene,hilde,ilse,ines,inge,ingrid,isabel,isabelle,ivonne,jacqueline,jana,jeanne,jeannine,jenny,jessica,johanna,josee,josiane,julie,karen,kathleen,kathy,katleen,katrien,katrijn,kelly,kim,laura,leen,lea,lien,lies,liesbeth,lieve,linda,lisa,lise,liliane,lore,lotte,louise,lucie,lucienne,lutgarde,lut,lynn,maaike,magda,maria,marie,marianne,marijke,marleen,marlene,martine,martha,michele,mia,mieke,miet,mireille,monique,muriel,myriam,miriam,nadia,nadine,nancy,natalie,nathalie,nele,nicole,nora,odette,olivia,pascale,patricia,paula,petra,rachel,ria,rita,rosa,ruth,sabine,sabrina,samira,sandra,sara,sarah,silke,simonne,simone,sofie,sophie,sonja,stefanie,stephanie,suzanne,sylvie,tamara,tania,tanja,tine,tinne,trees,tine,valerie,veerle,vera,veronique,viviane,virginie,wendy,yolande,yvette,yvonne,zoe,zoë,bo,jürgen,jurgen,klaus,uwe,heinz,helmut,gunter,manfred,wolfgang,ursula,monika,renate,sabine,angelika,anneliese,elena,mila,finn,arthur,jules,liam,adam,mohammed,oscar,liv,juliette,camille,alice,ella,emily,james,john,mary,michael,william,elizabeth", ",") {
		table[addressfile.Fold(n)] = true
	}
	return table
}()

// particles begin a family name: "Van den Vlier".
var particles = map[string]bool{"van": true, "vande": true, "vanden": true, "vander": true, "van't": true, "de": true, "den": true, "der": true, "du": true, "des": true, "d": true, "la": true, "le": true, "ter": true, "ten": true, "te": true, "von": true, "zu": true, "el": true, "al": true, "ben": true, "t": true, "op": true, "in": true, "vd": true, "vdb": true, "di": true, "da": true}
