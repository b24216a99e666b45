package outside

import "golang.org/x/text/language"

// pageLanguages are the languages of the page, in the order of each row of pageTexts.
var pageLanguages = []language.Tag{language.Dutch, language.French, language.German, language.English}

// pageTexts are the words of the page: nl (Belgium), fr, de, en.
var pageTexts = map[string][4]string{
	"title":       {"De buitenwereld", "Le monde extérieur", "Die Außenwelt", "The outside world"},
	"intro":       {"Zo komen berichten aan bij de mensen. Alles hier is verzonnen; niets verlaat deze computer.", "Voici comment les messages arrivent chez les gens. Tout ici est inventé; rien ne quitte cet ordinateur.", "So kommen Nachrichten bei den Menschen an. Alles hier ist erfunden; nichts verlässt diesen Rechner.", "This is how messages reach people. Everything here is made up; nothing leaves this computer."},
	"texts":       {"sms-berichten", "SMS", "SMS", "text messages"},
	"phones":      {"telefoons", "téléphones", "Telefone", "telephones"},
	"mails":       {"mails", "e-mails", "E-Mails", "mails"},
	"find":        {"Zoek een nummer, een adres of een woord", "Cherchez un numéro, une adresse ou un mot", "Suchen Sie eine Nummer, eine Adresse oder ein Wort", "Find a number, an address or a word"},
	"phonesTitle": {"Telefoons", "Téléphones", "Telefone", "Telephones"},
	"boxesTitle":  {"Brievenbussen", "Boîtes aux lettres", "Briefkästen", "Letter boxes"},
	"noPhones":    {"Nog geen bericht. Hier verschijnt een telefoon zodra iemand een sms krijgt of gebeld wordt.", "Pas encore de message. Un téléphone apparaît ici dès que quelqu’un reçoit un SMS ou un appel.", "Noch keine Nachricht. Hier erscheint ein Telefon, sobald jemand eine SMS oder einen Anruf erhält.", "No message yet. A telephone appears here as soon as someone gets a text or a call."},
	"calls":       {"oproepen", "appels", "Anrufe", "calls"},
	"rings":       {"Rinkelt", "Sonne", "Klingelt", "Ringing"},
	"talks":       {"In gesprek", "En communication", "Im Gespräch", "On the line"},
	"records":     {"De voicemail neemt op", "La messagerie enregistre", "Die Mailbox nimmt auf", "The voicemail is recording"},
	"ringsThere":  {"Het gaat over aan de andere kant", "Ça sonne de l’autre côté", "Es klingelt auf der anderen Seite", "It is ringing at the other end"},
	"person":      {"Opgenomen", "Décroché", "Angenommen", "Answered"},
	"machine":     {"Ingesproken op de voicemail", "Laissé sur la messagerie", "Auf die Mailbox gesprochen", "Left on the voicemail"},
	"nobody":      {"Niemand nam op", "Personne n’a décroché", "Niemand nahm ab", "Nobody answered"},
	"busy":        {"In gesprek met iemand anders", "Occupé", "Besetzt", "Busy"},
	"rejected":    {"Geweigerd", "Refusé", "Abgewiesen", "Rejected"},
	"unknown":     {"Dit nummer bestaat niet", "Ce numéro n’existe pas", "Diese Nummer gibt es nicht", "This number does not exist"},
	"unavailable": {"Niet bereikbaar", "Injoignable", "Nicht erreichbar", "Not reachable"},
	"called":      {"Belde terug", "A rappelé", "Rief zurück", "Called back"},
	"pressed":     {"drukte op {keys}", "a appuyé sur {keys}", "drückte {keys}", "pressed {keys}"},
	"leftFirst":   {"legde zelf neer", "a raccroché", "legte auf", "hung up"},
	"lasted":      {"{n} seconden", "{n} secondes", "{n} Sekunden", "{n} seconds"},
	"listen":      {"Luister", "Écouter", "Anhören", "Listen"},
	"pickUp":      {"Neem op", "Décrocher", "Annehmen", "Pick up"},
	"putDown":     {"Leg neer", "Raccrocher", "Auflegen", "Put down"},
	"key":         {"Druk op {key}", "Appuyez sur {key}", "Drücken Sie {key}", "Press {key}"},
	"callBack":    {"Bel het nummer terug", "Rappeler le numéro", "Die Nummer zurückrufen", "Call the number back"},
	"notDone":     {"Dat is niet gelukt. Probeer het opnieuw.", "Cela n’a pas réussi. Réessayez.", "Das ist nicht gelungen. Versuchen Sie es noch einmal.", "That did not work. Try again."},
	"noMails":     {"Nog geen mail. Hier komt wat in de brievenbussen valt.", "Pas encore d’e-mail. Ici apparaît ce qui tombe dans les boîtes aux lettres.", "Noch keine E-Mail. Hier erscheint, was in die Briefkästen fällt.", "No mail yet. What falls into the letter boxes appears here."},
	"noMatch":     {"Niets gevonden. Maak het zoekveld leeg om alles te zien.", "Rien trouvé. Videz le champ de recherche pour tout voir.", "Nichts gefunden. Leeren Sie das Suchfeld, um alles zu sehen.", "Nothing found. Empty the search field to see everything."},
	"more":        {"Toon er meer", "En afficher plus", "Mehr zeigen", "Show more"},
	"reply":       {"Antwoord van {number}", "Réponse du {number}", "Antwort von {number}", "Reply from {number}"},
	"write":       {"Schrijf terug", "Répondez", "Zurückschreiben", "Write back"},
	"send":        {"Verstuur", "Envoyer", "Senden", "Send"},
	"off":         {"Zet uit", "Éteindre", "Ausschalten", "Switch off"},
	"on":          {"Zet aan", "Allumer", "Einschalten", "Switch on"},
	"isOff":       {"Deze telefoon staat uit. Een bericht naar dit nummer komt niet aan.", "Ce téléphone est éteint. Un message à ce numéro n’arrive pas.", "Dieses Telefon ist aus. Eine Nachricht an diese Nummer kommt nicht an.", "This telephone is off. A message to this number does not arrive."},
	"waiting":     {"onderweg", "en route", "unterwegs", "on its way"},
	"taken":       {"aangekomen", "arrivé", "angekommen", "arrived"},
	"notSent":     {"Het antwoord is niet vertrokken. Probeer het opnieuw.", "La réponse n’est pas partie. Réessayez.", "Die Antwort ging nicht hinaus. Versuchen Sie es noch einmal.", "The reply did not leave. Try again."},
	"parts":       {"{n} delen", "{n} parties", "{n} Teile", "{n} parts"},
	"to":          {"Aan", "À", "An", "To"},
	"from":        {"Van", "De", "Von", "From"},
	"asHTML":      {"Opgemaakt", "Mis en page", "Gestaltet", "Formatted"},
	"asText":      {"Als tekst", "En texte", "Als Text", "As text"},
	"lost":        {"De verbinding is weg. Deze bladzijde probeert het opnieuw.", "La connexion est perdue. Cette page réessaie.", "Die Verbindung ist weg. Diese Seite versucht es erneut.", "The connection is gone. This page tries again."},
	"language":    {"Taal", "Langue", "Sprache", "Language"},
	"overview":    {"Elk vakje is een telefoon", "Chaque case est un téléphone", "Jedes Kästchen ist ein Telefon", "Each square is a telephone"},
}

var pageMatcher = language.NewMatcher(pageLanguages)

// pageWords gives the words in the language asked for by ?lang=, else by Accept-Language, else Dutch.
func pageWords(asked, accept string) (lang string, words map[string]string) {
	_, i := language.MatchStrings(pageMatcher, asked, accept)
	words = make(map[string]string, len(pageTexts))
	for k, row := range pageTexts {
		words[k] = row[i]
	}
	return pageLanguages[i].String(), words
}
