package mailread

import (
	"regexp"
	"strings"

	"github.com/buurtbel/buurtbel"
)

var (
	statusCode = regexp.MustCompile(`(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.(?:$|\D))`)
	replyCode  = regexp.MustCompile(`(?:^|[^\d.:\-])([45][0-5]\d)(?:$|[ \-#:,]|\.(?:$|\D))`)
)

// firstStatus gives the first code of RFC 3463 in s, or "". What belongs to an internet address is none.
func firstStatus(s string) string {
	if found := statusCode.FindStringSubmatch(clip(s, maxShown)); found != nil {
		return found[1]
	}
	return ""
}

// about is what the reason of a failure was known by.
type about struct {
	status   string // without its class: "1.1"; "1." is a whole subject; "" any
	words    *regexp.Regexp
	severity Severity
	reason   buurtbel.Reason
}

// phrases joins wordings; a blank in one stands for any white space, since reports break their lines, and " ?" for perhaps some.
func phrases(list ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + strings.NewReplacer(" ?", `\s*`, " ", `\s+`).Replace(strings.Join(list, "|")))
}

// The wordings, in the four languages that servers of this country use.
var (
	full = phrases(`(mailbox|inbox) exceeds`, `exceeds allowed size`, `(account|user|mailbox|recipient)\S* .{0,30}(suspended|locked|frozen|on hold|temporarily)`, `over (its |their |the )?(disk )?quota`, `(over|exceeded|exceeds) ?(the |its |their )?(storage|mailbox|disk)`, `quota (has been |was )?(exceeded|exceded|reached|full)`, `exceeded (its |their |the |his )?(\w+ )?quota`, `quota ?exceed`, `(mailbox|mail ?box|inbox|maildir|user|account) (\S+ )?(is |are )?(currently |almost )?(full|over ?quota)`,
		`mailbox ?full`, `insufficient (disk|storage|space|system storage)`, `out of (storage|space|disk)`, `mailbox size limit`, `storage (limit|space|quota)`, `recipient storage full`, `not enough (storage|space|disk)`, `no space left`,
		`(postvak|mailbox|postbus|brievenbus) (\S+ )?(is |zit )?vol\b`, `quotum`, `bo[iî]te (aux lettres |de r[ée]ception |mail )?(\S+ )?(du destinataire )?(est )?(pleine|satur[ée]e)`, `quota d[ée]pass[ée]`, `d[ée]pass[ée] (son|le) quota`, `(postfach|posteingang|mailbox) (\S+ )?(des empf[äa]ngers )?(ist )?(voll|[üu]berf[üu]llt)`, `speicherplatz`, `quota [üu]berschritten`)
	large = phrases(`message (size )?(is )?(too (large|big)|exceeds|larger)`, `too (large|big) (to|for)`, `(size|message) limit`, `exceeds (the )?(fixed |maximum )?(maximum )?(message )?size`, `maximum (message )?size`, `message (file )?too big`, `(bericht|mail) (is )?te groot`, `(message|courriel) (est )?trop (volumineux|gros|grand|lourd)`, `nachricht (ist )?zu gro(ß|ss)`, `taille maxim`, `maximale gr[öo](ß|ss)e`)
	slow  = phrases(`too (many|much) (connections|messages|mail|recipients|errors|concurrent|requests)`, `rate ?(limit|that)`, `\brate\b.{0,30}(exceed|too)`, `too (quickly|fast)`, `greylist`, `gr[ae]y ?list`, `throttl`, `deferred due to`, `temporarily deferred`, `try again (later|in)`, `slow down`, `receiving mail at a rate`, `unusual rate`)
	block = phrases(`permission to post`, `misconfigured`, `messages from \S+ weren['’]?t sent`, `\bspam`, `black ?list`, `block ?list`, `\bblocked\b`, `\bdnsbl\b`, `\brbl\b`, `spamhaus`, `spamcop`, `barracuda`, `reputation`, `\bspf\b`, `\bdkim\b`, `\bdmarc\b`, `unauthenticated`, `not authenticated`, `(administrative|security|local|content|site|company|organization('s)?) (prohibition|policy|reasons|filter)`, `policy (reasons|violation|rejection|reject)`, `(against|due to|for|by) (\w+ )?polic`,
		`banned`, `virus`, `malware`, `phish`, `suspicious`, `sender (address )?(rejected|denied|verify|verification|domain|not allowed)`, `relay(ing)? (access )?(denied|not|prohibited)`, `unable to relay`, `not (permitted|allowed|authori[sz]ed) (to|by|for)`, `not accept(ed|ing)? (mail|messages) from`, `content (rejected|denied|not)`, `message (was )?(rejected|refused|denied|discarded) (by|as|for|due)`, `restrict(ed|ion)`, `only accepts? (messages|mail) from`,
		`geweigerd (door|wegens)`, `ongewenste`, `geblokkeerd`, `ind[ée]sirable`, `bloqu[ée]`, `refus[ée] (par|pour)`, `unerw[üu]nscht`, `blockiert`, `abgelehnt (von|wegen)`, `reverse dns`, `no ptr`)
	noDomain = phrases(`(invalid|illegal) (host|domain)`, `domain is not reachable`, `(host|domain|hostname) (name )?(\S+ )?(was |could )?(not (be )?found|not exist|unknown)`, `domain (\S+ )?(does not|doesn't|doesnt) exist`, `no such (domain|host)`, `unknown (host|domain)`, `unrouteable (mail )?domain`, `bad destination (host|system|mailbox system)`, `null ?mx`, `(does|do) not accept (any )?(mail|email|messages) ?(\(|$|\.|,)`, `non-?existent (host|domain|hosts)`, `couldn't find any host`, `name or service not known`, `nxdomain`, `no mx`, `domein (\S+ )?(bestaat niet|onbekend|niet gevonden)`, `domaine (\S+ )?(n['’]existe pas|inconnu|introuvable)`, `dom[äa]ne? (\S+ )?(existiert nicht|unbekannt|nicht gefunden|wurde nicht gefunden)`)
	noBox    = phrases(`invalid (final )?(delivery )?user ?id`, `(user|recipient|mailbox|account|address|e-?mail address|customer|addressee|member|alias|name|person)('s)? (\S+ ){0,2}(is |was |has been )?(unknown|not (be )?(found|exist|known|valid|active|listed|local|available here)|doesn['’]?t exist|does not exist|no longer|disabled|inactive|invalid|closed|terminated|deleted|expired|unavailable|deactivated|discontinued|cancel+ed)`,
		`(unknown|no such|invalid|bad|unrecogni[sz]ed|nonexistent|non-existent|inactive|undeliverable|disabled|expired|illegal|unroutable|unrouteable) (local )?(user|recipient|mailbox|account|address|addresses|person|alias|destination|local part|virtual|email|e-mail|name)`, `no mailbox (here )?(by|with|for)`, `no (such|valid) (user|recipient|mailbox|person|account)`, `not (a |our )?(known|valid|customer|our customer|local)\b`, `recipient(not|address) ?found`, `recipnotfound`, `recipientnotfound`,
		`could(n['’]t| not) be found`, `address (you entered )?(couldn|could not|wasn|was not)`, `(that|this) (email |e-mail )?(address|account) (that you tried|you tried|is not|does not|doesn)`, `(is |was )?not listed in`, `addressee unknown`, `has no mailbox`, `does not have a(n)? \S+ account`, `doesn['’]t have an? \S+ account`, `mailbox (is )?unavailable`, `requested action not taken`, `destination (user|address)? ?unknown`, `user ?unknown`, `unknown ?user`, `delivery to (this|the) (address|recipient) is (restricted|not possible)`, `access denied`, `no longer (exists|valid|active|in use|available|works)`, `this account has been`, `recipient address rejected`, `recipient rejected`, `recipient not accepted`,
		`(gebruiker|ontvanger|geadresseerde|mailbox|postvak|adres|e-?mailadres|postbus|account) (\S+ ){0,3}?(is |werd |kan |kon )?(onbekend|bestaat niet|niet (meer )?(gevonden|gekend|actief|bekend|geldig)|niet worden gevonden|afgesloten|verwijderd|opgezegd|ongeldig|gesloten|geblokkeerd)`, `bestaat niet( meer)?`, `onbekende? (gebruiker|ontvanger|adres|mailadres|e-?mailadres|geadresseerde)`, `ongeldig (adres|e-?mailadres)`,
		`(utilisateur|destinataire|adresse|bo[iî]te|compte|mailbox)( \S+){0,5}? (est |a [ée]t[ée] |n['’]a pas [ée]t[ée] )?(inconnue?|n['’]existe (pas|plus)|introuvable|trouv[ée]e?|invalide|ferm[ée]e?|d[ée]sactiv[ée]e?|supprim[ée]e?|r[ée]sili[ée]e?)`, `n['’]existe (pas|plus)`, `inconnue? (à|a|chez|dans)`, `(utilisateur|destinataire|adresse) inconnue?`, `adresse introuvable`,
		`(benutzer|empf[äa]nger|empf[äa]ngeradresse|adresse|e-mail-adresse|postfach|konto|mailbox)( \S+){0,4}? (ist |wurde |konnte )?(unbekannt|existiert nicht|nicht (mehr )?(gefunden|vorhanden|bekannt|g[üu]ltig|erreichbar|aktiv)|ung[üu]ltig|gel[öo]scht|gesperrt|geschlossen|deaktiviert)`, `existiert nicht( mehr)?`, `unbekannter? (empf[äa]nger|benutzer|adresse|nutzer)`, `nicht gefunden`)
	refused = phrases(`\b(rejected|refused|denied|prohibited)\b`)
	away    = phrases(`failed \d+ attempts`, `(multiple|several) (retries|attempts)`, `have been failing`, `did not accept our requests`, `socket error`, `tim(ed|e) ?out`, `connection (refused|reset|lost|dropped|failed|closed)`, `no route`, `network (is )?unreachable`, `(host|server|system) (is )?(down|unreachable|not responding|unavailable)`, `could not connect`, `can(not|'t) connect`, `unable to connect`, `wasn't able to establish`, `delivery (time|temporar)`, `retry time`, `temporar`, `local error`, `server error`, `in processing`, `lookup fail`, `name server`, `dns`, `loop`, `too many hops`, `hop count`, `tls`, `certificate`, `for (more than )?\d+ (hours|days)`, `expired`, `niet bereikbaar`, `tijdelijk`, `verbinding`, `injoignable`, `temporaire`, `d[ée]lai`, `connexion`, `nicht erreichbar`, `vor[üu]bergehend`, `zeit[üu]berschreitung`, `verz[öo]ger`)
)

// byStatus are codes that say by themselves what happened. Codes that servers use for anything, such as 5.7.1 and 5.5.0, are left to the words.
var byStatus = []about{
	{status: "1.7", severity: Soft, reason: buurtbel.Rejected}, // the sender's address
	{status: "1.8", severity: Soft, reason: buurtbel.Rejected},
	{status: "1.9", severity: Soft, reason: buurtbel.Other},
	{status: "1.", severity: Hard, reason: buurtbel.InvalidAddress},
	{status: "2.2", severity: Soft, reason: buurtbel.Unreachable}, // mailbox full
	{status: "2.3", severity: Soft, reason: buurtbel.TooLong},
	{status: "3.4", severity: Soft, reason: buurtbel.TooLong},
	{status: "4.6", severity: Soft, reason: buurtbel.Unreachable}, // loop
	{status: "4.7", severity: Soft, reason: buurtbel.Unreachable}, // expired on the way
	{status: "4.14", severity: Soft, reason: buurtbel.Unreachable},
	{status: "4.316", severity: Soft, reason: buurtbel.Unreachable},
	{status: "4.310", severity: Hard, reason: buurtbel.InvalidAddress}, // Exchange: the domain does not exist
	{status: "7.26", severity: Soft, reason: buurtbel.Rejected},
	{status: "7.28", severity: Soft, reason: buurtbel.Rejected},
	{status: "6.7", severity: Hard, reason: buurtbel.InvalidAddress},
}

// byWords are looked through in this order when the code says too little.
var byWords = []about{
	{words: full, severity: Soft, reason: buurtbel.Unreachable},
	{words: large, severity: Soft, reason: buurtbel.TooLong},
	{words: block, severity: Soft, reason: buurtbel.Rejected},
	{words: noDomain, severity: Hard, reason: buurtbel.InvalidAddress},
	{words: noBox, severity: Hard, reason: buurtbel.InvalidAddress},
	{words: slow, severity: Soft, reason: buurtbel.Throttled},
	{words: away, severity: Soft, reason: buurtbel.Unreachable},
	{words: refused, severity: Soft, reason: buurtbel.Rejected},
}

// byRest is what is left when the words say nothing either.
var byRest = []about{
	{status: "2.1", severity: Hard, reason: buurtbel.InvalidAddress}, // mailbox disabled
	{status: "1.", severity: Hard, reason: buurtbel.InvalidAddress},
	{status: "2.", severity: Soft, reason: buurtbel.Unreachable},
	{status: "3.", severity: Soft, reason: buurtbel.Rejected},
	{status: "4.", severity: Soft, reason: buurtbel.Unreachable},
	{status: "6.", severity: Soft, reason: buurtbel.Rejected},
	{status: "7.", severity: Soft, reason: buurtbel.Rejected},
}

// classify fills what u's status, or that in what the server said, and the words tell. What a server does not want to keep trying for ever is given up: a
// temporary answer never makes a mailbox dead.
func (u *Undelivered) classify(said string) {
	said = strings.Join(strings.Fields(clip(said, maxShown)), " ")
	// What the last server said counts before what the reporting one made of it.
	if better := firstStatus(said); better != "" && (u.Status == "" || !vague(better) && better[0] != '2') {
		u.Status = better
	}
	if found := replyCode.FindStringSubmatch(said); found != nil {
		u.Code = found[1]
	}
	u.Severity, u.Reason = Soft, buurtbel.Other
	if strings.HasPrefix(u.Status, "2") { // a success that failed: nothing can be made of it
		return
	}
	temporary := u.Action == Delayed || strings.HasPrefix(u.Status, "4") || u.Status == "" && strings.HasPrefix(u.Code, "4")
	detail := ""
	if len(u.Status) > 2 {
		detail = u.Status[2:]
	}
	exact := detail
	if strings.HasSuffix(detail, ".0") || full.MatchString(said) { // some say 5.1.1 of a full mailbox; a subject without a detail is left to the words first
		exact = ""
	}
	if a, ok := judge(byStatus, exact, said); ok {
		u.Severity, u.Reason = a.severity, a.reason
	} else if a, ok := judge(byWords, detail, said); ok {
		u.Severity, u.Reason = a.severity, a.reason
	} else if a, ok := judge(byRest, detail, said); ok {
		u.Severity, u.Reason = a.severity, a.reason
	} else {
		u.byReply(temporary)
	}
	if temporary {
		u.notForEver(said)
	}
}

// notForEver takes back what a temporary answer cannot mean.
func (u *Undelivered) notForEver(said string) {
	u.Severity = Soft
	if u.Reason != buurtbel.InvalidAddress && u.Reason != buurtbel.Rejected && u.Reason != buurtbel.Other {
		return
	}
	u.Reason = buurtbel.Unreachable
	if slow.MatchString(said) {
		u.Reason = buurtbel.Throttled
	}
}

// byReply judges by nothing but the code of a reply. 550 is mostly a mailbox that does not exist, but servers that block say it too, and a mailbox is not
// given up on a guess.
func (u *Undelivered) byReply(temporary bool) {
	switch u.Code {
	case "556": // RFC 7504: the domain takes no mail
		u.Severity, u.Reason = Hard, buurtbel.InvalidAddress
	case "550", "551", "553", "554":
		u.Reason = buurtbel.Rejected
	case "552":
		u.Reason = buurtbel.Unreachable
	}
	if temporary {
		u.Reason = buurtbel.Unreachable
	}
}

func judge(table []about, detail, said string) (about, bool) {
	for _, a := range table {
		switch {
		case a.words != nil:
			// Who is refused by policy is told anything; that ends no mailbox.
			if a.words.MatchString(said) && (a.severity == Soft || !strings.HasPrefix(detail, "7.")) {
				return a, true
			}
		case a.status == detail, strings.HasSuffix(a.status, ".") && strings.HasPrefix(detail, a.status):
			return a, true
		}
	}
	return about{}, false
}
