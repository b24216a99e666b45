package main

import (
	"fmt"
	"slices"

	"github.com/buurtbel/buurtbel"
)

// demoWords are what the demo says at the terminal: nl (Belgium), fr, de, en.
var demoWords = map[string][4]string{
	"seed":         {"De stad Vlierbeek", "La ville de Vlierbeek", "Die Stadt Vlierbeek", "The town of Vlierbeek"},
	"alert":        {"Alarm", "Alerte", "Alarm", "Alert"},
	"feedback":     {"Terugkoppeling", "Retour d'information", "Rückmeldung", "Feedback"},
	"ready":        {"Vlierbeek staat klaar: %d leden in %d netwerken. Alles is verzonnen; niets verlaat deze computer.\n", "Vlierbeek est prête : %d membres dans %d réseaux. Tout est inventé; rien ne quitte cet ordinateur.\n", "Vlierbeek ist bereit: %d Mitglieder in %d Netzwerken. Alles ist erfunden; nichts verlässt diesen Rechner.\n", "Vlierbeek is ready: %d members in %d networks. Everything is made up; nothing leaves this computer.\n"},
	"mute":         {"Er wordt niemand gebeld: het programma dat spreekt, espeak-ng, is niet geïnstalleerd. Al de rest werkt. Installeer het op Debian of Ubuntu met: sudo apt-get install espeak-ng\n", "Personne n'est appelé : le programme qui parle, espeak-ng, n'est pas installé. Tout le reste fonctionne. Sur Debian ou Ubuntu, installez-le avec : sudo apt-get install espeak-ng\n", "Niemand wird angerufen: Das Programm, das spricht, espeak-ng, ist nicht installiert. Alles andere funktioniert. Unter Debian oder Ubuntu installieren Sie es mit: sudo apt-get install espeak-ng\n", "Nobody is called: the program that speaks, espeak-ng, is not installed. Everything else works. On Debian or Ubuntu, install it with: sudo apt-get install espeak-ng\n"},
	"called":       {"gebeld: %d oproepen, %d beantwoord, waarvan %d door een voicemail; %d drukten op 1; laatste oproep na %d ms", "appels : %d, dont %d décrochés, %d par une messagerie; %d ont appuyé sur 1; dernier appel après %d ms", "angerufen: %d Anrufe, %d angenommen, davon %d von einer Mailbox; %d drückten die 1; letzter Anruf nach %d ms", "called: %d calls, %d answered, %d of these by a voicemail; %d pressed 1; last call after %d ms"},
	"config":       {"De instellingen: %s\n", "La configuration : %s\n", "Die Einstellungen: %s\n", "The configuration: %s\n"},
	"sign-in":      {"  %-52s %s\n", "  %-52s %s\n", "  %-52s %s\n", "  %-52s %s\n"},
	"try":          {"Wat u kunt proberen:\n", "Ce que vous pouvez essayer :\n", "Was Sie versuchen können:\n", "What you can try:\n"},
	"try-site":     {"De openbare site: ligt een woning in een netwerk, wat is een BIN, wat te doen als u gebeld wordt", "Le site public : une habitation est-elle dans un réseau, qu'est-ce qu'un PLP, que faire quand on vous appelle", "Die öffentliche Seite: liegt eine Wohnung in einem Netzwerk, was ist das, was tun bei einem Anruf", "The public site: is a home in a network, what is one, what to do when called"},
	"try-join":     {"Lid worden, bijvoorbeeld op %s", "Devenir membre, par exemple au %s", "Mitglied werden, zum Beispiel an der Adresse %s", "Joining, for example at %s"},
	"try-own":      {"De eigen pagina van een lid, %s: wensen, afwezigheid, berichten, eigen gegevens", "La page personnelle d'un membre, %s : souhaits, absence, messages, données", "Die eigene Seite eines Mitglieds, %s: Wünsche, Abwesenheit, Nachrichten, eigene Daten", "A member's own page, %s: wishes, absence, messages, own data"},
	"try-desk":     {"Het bureau van de coördinator, %s: aanvragen, leden, reglement, oefeningen", "Le bureau du coordinateur, %s : demandes, membres, règlement, exercices", "Der Arbeitsplatz der Koordination, %s: Anträge, Mitglieder, Hausordnung, Übungen", "The coordinator's desk, %s: applications, members, rules, exercises"},
	"try-calendar": {"De kalender: vergaderingen, uitnodigingen en verslagen (als coördinator aangemeld)", "Le calendrier : réunions, invitations et comptes rendus (connecté comme coordinateur)", "Der Kalender: Treffen, Einladungen und Protokolle (als Koordination angemeldet)", "The calendar: meetings, invitations and minutes (signed in as coordinator)"},
	"try-dispatch": {"De meldkamer, %s: stuur een alarm uit en volg wie bereikt wordt", "Le dispatching, %s : lancez une alerte et suivez qui est joint", "Die Leitstelle, %s: einen Alarm auslösen und sehen, wer erreicht wird", "Dispatch, %s: launch an alert and see who is reached"},
	"try-outside":  {"De buitenwereld: wat telefoons en brievenbussen ontvingen", "Le monde extérieur : ce que les téléphones et les boîtes aux lettres ont reçu", "Die Außenwelt: was Telefone und Briefkästen erhielten", "The outside world: what telephones and letter boxes got"},
	"others":       {"Wie zich verder kan aanmelden:\n", "Qui d'autre peut se connecter :\n", "Wer sich noch anmelden kann:\n", "Who else can sign in:\n"},
	"links":        {"Elke aanmeldlink werkt één keer, een kwartier lang; voor twee rollen tegelijk hebt u een tweede browser of een privévenster nodig. Meld u later aan met een mailadres zoals %s; de mail ligt in de brievenbussen.\n", "Chaque lien fonctionne une fois, pendant un quart d'heure ; pour deux rôles à la fois, il faut un second navigateur ou une fenêtre privée. Ensuite, connectez-vous avec une adresse comme %s ; l'e-mail est dans les boîtes aux lettres.\n", "Jeder Anmeldelink wirkt einmal, eine Viertelstunde lang; für zwei Rollen zugleich brauchen Sie einen zweiten Browser oder ein privates Fenster. Später melden Sie sich mit einer Adresse wie %s an; die E-Mail liegt in den Briefkästen.\n", "Each sign-in link works once, for a quarter of an hour; two roles at the same time need a second browser or a private window. Later, sign in with a mailbox such as %s; the mail is in the letter boxes.\n"},
	"end":          {"Stop met Ctrl-C.\n", "Arrêtez avec Ctrl-C.\n", "Beenden Sie mit Strg-C.\n", "Stop with Ctrl-C.\n"},
	"gone":         {"de buitenwereld van de demo is gestopt; de demo stopt ook", "le monde extérieur de la démo s'est arrêté; la démo s'arrête aussi", "die Außenwelt der Demo ist beendet; die Demo endet auch", "the demo's outside world has ended; the demo ends too"},
	"used":         {"de databank is niet leeg; geef de demo een lege", "la base de données n'est pas vide; donnez-en une vide à la démo", "die Datenbank ist nicht leer; geben Sie der Demo eine leere", "the database is not empty; give the demo an empty one"},
	"folder":       {"de map is niet leeg; geef de demo een lege of een nieuwe", "le dossier n'est pas vide; donnez-en un vide ou nouveau à la démo", "der Ordner ist nicht leer; geben Sie der Demo einen leeren oder neuen", "the folder is not empty; give the demo an empty or a new one"},
	"late":         {"niet alles is afgerond binnen de tijd", "tout n'est pas terminé dans le délai", "nicht alles wurde rechtzeitig abgeschlossen", "not everything was final in time"},
	"differ":       {"de databank en de buitenwereld spreken elkaar tegen: %d alleen hier, %d alleen daar", "la base de données et le monde extérieur se contredisent : %d seulement ici, %d seulement là", "die Datenbank und die Außenwelt widersprechen sich: %d nur hier, %d nur dort", "the store and the outside world contradict each other: %d only here, %d only there"},
	"agree":        {"De databank en de buitenwereld zeggen hetzelfde: %d berichten, in beide richtingen vergeleken.\n", "La base de données et le monde extérieur disent la même chose : %d messages, comparés dans les deux sens.\n", "Die Datenbank und die Außenwelt sagen dasselbe: %d Nachrichten, in beide Richtungen verglichen.\n", "The store and the outside world say the same: %d messages, compared in both directions.\n"},
	"title":        {"%s, %s: %d leden", "%s, %s : %d membres", "%s, %s: %d Mitglieder", "%s, %s: %d members"},
	"members":      {"leden", "membres", "Mitglieder", "members"},
	"took":         {"eerste bericht buiten na %d ms, laatste na %d ms; terugkoppeling rond na %.1f s", "premier message dehors après %d ms, dernier après %d ms; retour terminé après %.1f s", "erste Nachricht draußen nach %d ms, letzte nach %d ms; Rückmeldung fertig nach %.1f s", "first message outside after %d ms, last after %d ms; feedback settled after %.1f s"},
	"left":         {"Niet geprobeerd: %s", "Non contacté : %s", "Nicht versucht: %s", "Not tried: %s"},
	"unreached":    {"niet bereikt", "non joints", "nicht erreicht", "not reached"},
	"outside":      {"door de buitenwereld ontvangen (leden)", "reçus par le monde extérieur (membres)", "von der Außenwelt erhalten (Mitglieder)", "received by the outside world (members)"},
}

// leftWords say why a member was not tried.
var leftWords = map[buurtbel.Left][4]string{
	buurtbel.LeftByChoice:   {"wil nu geen alarm, of niet langs die weg", "ne veut pas d'alerte maintenant, ou pas ainsi", "möchte jetzt keinen Alarm, oder nicht so", "wishes none at this hour, or not this way"},
	buurtbel.LeftNoContact:  {"geen bruikbaar contactpunt", "aucun point de contact utilisable", "kein brauchbarer Kontakt", "no contact point that works"},
	buurtbel.LeftNoCarrier:  {"alleen een vaste lijn, en niemand belt hier", "seulement une ligne fixe, et personne n'appelle ici", "nur ein Festnetz, und hier ruft niemand an", "only a fixed line, and nothing here makes calls"},
	buurtbel.LeftExercise:   {"wil geen oefeningen", "ne veut pas d'exercices", "will keine Übungen", "wishes no exercises"},
	buurtbel.LeftAddress:    {"adres weggelaten", "adresse écartée", "Adresse ausgelassen", "address left out"},
	buurtbel.LeftSuspended:  {"geschorst", "suspendu", "gesperrt", "suspended"},
	buurtbel.LeftAway:       {"afwezig", "absent", "abwesend", "away"},
	buurtbel.LeftShift:      {"niet aan de beurt", "pas de service", "nicht im Dienst", "not on duty"},
	buurtbel.LeftTooLate:    {"wil het 's morgens; dan geldt het niet meer", "le veut le matin; trop tard alors", "möchte es morgens; dann gilt es nicht mehr", "wishes it in the morning; too late then"},
	buurtbel.LeftNotAMember: {"geen lid meer", "n'est plus membre", "kein Mitglied mehr", "no member any more"},
}

func (w *world) place() int { return max(0, slices.Index(buurtbel.Languages, w.commands.Language)) }

// say gives a sentence of the demo in the language of the command line.
func (w *world) say(key string, args ...any) string {
	row := demoWords[key]
	return fmt.Sprintf(row[w.place()], args...)
}
