package config

// note describes a key for the operator where the struct that owns it has no tags for this package.
type note struct {
	doc, preset, example, oneof string
	required, secret            bool
}

// notes are by section and key. A test demands that each names a key that exists and that each key has words.
var notes = map[string]note{
	"sms.name":                  {required: true, example: "carrier-a", doc: "Name of the carrier in logs and figures: small letters, digits and \"-\"."},
	"sms.sender":                {required: true, example: "+32455000000", doc: "What the telephone shows as sender: a number with +, a short code, or a name of at most 11 characters."},
	"sms.can_be_answered":       {preset: "false", doc: "Whether an answer to the sender comes back to us. Never so for a name. Ask the carrier: many overwrite the sender."},
	"sms.price_per_part":        {preset: "550", doc: "Price of one part without VAT, in ten-thousandths of the currency: 550 is EUR 0.055."},
	"sms.currency":              {preset: "EUR", doc: "Currency of the price (ISO 4217)."},
	"sms.max_parts_per_message": {preset: "6", doc: "Longer texts are refused. At most 255."},
	"sms.links":                 {preset: "false", doc: "Whether texts may carry a link to acknowledge. Links in texts teach people to be deceived; texts are complete without them."},
	"sms.address":               {required: true, example: "smpp.example.org:2775", doc: "Host and port of the carrier."},
	"sms.system_id":             {required: true, example: "buurtbel", doc: "Account at the carrier; at most 15 characters."},
	"sms.password":              {secret: true, doc: "Password at the carrier."},
	"sms.system_type":           {doc: "Usually empty; at most 12 characters."},
	"sms.tls":                   {preset: "false", doc: "Whether the connection is encrypted (TLS 1.2 or later)."},
	"sms.tls_ca":                {example: "/etc/buurtbel/carrier-ca.pem", doc: "File with the certificates that may vouch for the carrier. Empty: those of the operating system."},
	"sms.tls_server_name":       {doc: "Name in the carrier's certificate, when it is not the host of the address."},
	"sms.window":                {preset: "100", doc: "Messages without an answer at any moment, 1 to 500."},
	"sms.max_per_second":        {preset: "0", doc: "Parts a second that the contract allows. 0: no limit."},
	"sms.enquire_interval":      {preset: "30s", doc: "Time between two questions whether the carrier is still there."},
	"sms.response_timeout":      {preset: "10s", doc: "How long the carrier may take to answer. After it a message is uncertain."},
	"sms.connect_timeout":       {preset: "10s", doc: "How long connecting may take, TLS and bind included."},
	"sms.throttle_pause":        {preset: "1s", doc: "How long nothing is sent after the carrier said that it goes too fast."},
	"sms.receipts":              {preset: "true", doc: "Whether to ask for a receipt of every part. Without receipts \"delivered\" is never known."},
	"sms.long":                  {preset: "udh", oneof: "udh payload", doc: "How long texts are sent: in parts (udh) or as one message_payload."},
	"sms.submit_ids":            {preset: "text", oneof: "text hex decimal", doc: "How the carrier writes message ids in its answers."},
	"sms.receipt_ids":           {preset: "text", oneof: "text hex decimal", doc: "How the carrier writes message ids in its receipts."},
	"sms.receipt_zone":          {preset: "UTC", example: "Europe/Brussels", doc: "Time zone of the dates in receipts."},
	"sms.flat_priority":         {preset: "false", doc: "Send every message with priority 0, for carriers that refuse others."},
	"sms.events_waiting":        {preset: "10000", doc: "Receipts and texts that may wait to be stored; beyond it the carrier is asked to come again."},
	"sms.source_ton":            {doc: "Type of number of the sender (SMPP 5.2.5), when the carrier wants another than follows from its form."},
	"sms.source_npi":            {doc: "Numbering plan of the sender (SMPP 5.2.6), likewise."},

	"email.name":             {preset: "mail", doc: "Name of the mail server in logs and figures: small letters, digits and \"-\"."},
	"email.address":          {required: true, example: "mail.example.org:587", doc: "Host and port of the mail server."},
	"email.tls":              {preset: "starttls", oneof: "starttls tls none", doc: "starttls: encrypted after the greeting, else not used. tls: from the first byte. none: only for a relay on this machine."},
	"email.ca_file":          {example: "/etc/buurtbel/mail-ca.pem", doc: "File with the certificates that may vouch for the server. Empty: those of the operating system."},
	"email.username":         {example: "buurtbel", doc: "Account at the mail server. Empty: none."},
	"email.password":         {secret: true, doc: "Password at the mail server. It is never sent in the clear."},
	"email.from":             {required: true, example: "alarm@example.org", doc: "Mailbox that mails come from. The name before it is the police zone's or the network's."},
	"email.reply_to":         {example: "answer@example.org", doc: "Mailbox for answers. Empty: the one mails come from."},
	"email.bounces":          {example: "bounces@example.org", doc: "Mailbox that hears of mails that could not be delivered. Empty: the one mails come from."},
	"email.domain":           {example: "example.org", doc: "Our domain in Message-ID. Empty: the domain mails come from."},
	"email.list_id":          {example: "messages.example.org", doc: "List-Id of bulletins and digests. Empty: none."},
	"email.greeting":         {example: "buurtbel.example.org", doc: "Host name with which we greet the server. Empty: our domain."},
	"email.connections":      {preset: "4", doc: "Connections at once, at most 50."},
	"email.per_connection":   {preset: "1000", doc: "Mails before a connection is replaced."},
	"email.window":           {doc: "Mails that may be open at once, those in the queue included; at most 500. 0: 32 for each connection."},
	"email.timeouts.connect": {preset: "10s", doc: "For connecting, for TLS and for the greeting, each."},
	"email.timeouts.command": {preset: "30s", doc: "From a command to its answer."},
	"email.timeouts.final":   {preset: "60s", doc: "From the end of a mail to its answer. After it the mail is uncertain: shorter means doubles."},
	"email.timeouts.idle":    {preset: "30s", doc: "After this an unused connection is closed."},
	"email.timeouts.backoff": {preset: "500ms", doc: "Before the second try to connect; doubled for each next, at most a minute."},
	"email.dkim.selector":    {example: "buurtbel", doc: "Signs mails (DKIM) with the key published at <selector>._domainkey.<domain>. Empty: the mail server signs."},
	"email.dkim.domain":      {doc: "Domain that signs. Empty: our domain."},
	"email.dkim.key_file":    {example: "/etc/buurtbel/dkim.pem", doc: "PEM file with the private key, Ed25519 or RSA."},
}
