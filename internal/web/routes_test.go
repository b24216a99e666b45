package web

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/internal/store"
)

var update = flag.Bool("update", false, "write docs/operating/rights.md anew")

// columns are the roles of the table below. A member without a mandate has no desk: even a session row that says so gives nothing.
var columns = []buurtbel.Role{buurtbel.RoleDispatcher, buurtbel.RoleOfficer, buurtbel.RoleChief, buurtbel.RoleCoordinator, buurtbel.RoleDeputy, buurtbel.RoleMember,
	buurtbel.RoleMayor, buurtbel.RoleAuditor, buurtbel.RoleAdministrator, "nobody"}

// expected is one route with what each role gets for it. Paths: {own} is an alert of the role's zone, {foreign} one of another zone; both
// really exist. 200 and 422 are for who may (a form that was posted empty asks for what is lacking), 403 for who may not, 404 for what is
// another zone's, 303 leads to the sign-in or onwards.
type expected struct {
	route string // as the table of routes has it
	path  string
	form  string // posted
	want  string // one status per column
}

// rights is written by hand: it is what was decided, and the program must agree.
//
//	dispatcher officer chief coordinator deputy member mayor auditor administrator nobody
var rights = []expected{
	{"GET /{$}", "/", "", "200 200 200 200 200 403 200 200 200 200"},
	{"GET /places", "/places", "", "200 200 200 200 200 403 200 200 200 303"},
	{"GET /sign-in", "/sign-in", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /sign-in", "/sign-in", "email=ghost", "422 422 422 422 422 422 422 422 422 422"},
	{"GET /s/{token}", "/s/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /s/{token}", "/s/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /sign-out", "/sign-out", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /hand-over", "/hand-over", "", "200 200 200 200 200 303 200 200 200 303"},
	{"POST /hand-over", "/hand-over", "do=switch", "422 422 422 422 422 303 422 422 422 303"},
	{"POST /view", "/view", "theme=dark", "303 303 303 303 303 303 303 303 303 303"},

	{"POST /sign-in/passkey/ask", "/sign-in/passkey/ask", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /sign-in/passkey", "/sign-in/passkey", "answer=x", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /sign-in/with/{provider}", "/sign-in/with/nobody", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /sign-in/from/{provider}", "/sign-in/from/nobody?code=x&state=y", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /sign-in/from/{provider}", "/sign-in/from/nobody", "code=x&state=y", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /sign-in/code", "/sign-in/code", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /sign-in/code", "/sign-in/code", "code=x", "422 422 422 422 422 422 422 422 422 422"},
	{"GET /prove", "/prove", "", "200 200 200 200 200 403 200 200 200 303"},
	{"POST /prove", "/prove", "proof=AAAA-AAAA", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /prove/mail", "/prove/mail", "", "200 200 200 200 200 403 200 200 200 403"},
	{"POST /prove/ask", "/prove/ask", "", "404 404 404 404 404 403 404 404 404 403"},
	{"POST /prove/passkey", "/prove/passkey", "answer=x", "409 409 409 409 409 403 409 409 409 403"},
	{"GET /prove/with/{provider}", "/prove/with/nobody", "", "404 404 404 404 404 403 404 404 404 303"},
	{"GET /account", "/account", "", "200 200 200 200 200 403 200 200 200 303"},
	{"POST /account/passkeys/ask", "/account/passkeys/ask", "", "200 200 200 200 200 403 200 200 200 403"},
	{"POST /account/passkeys", "/account/passkeys", "name=x&answer=x", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /account/passkeys/{id}/remove", "/account/passkeys/{none}/remove", "", "404 404 404 404 404 403 404 404 404 403"},
	{"POST /account/providers/{provider}/remove", "/account/providers/nobody/remove", "", "404 404 404 404 404 403 404 404 404 403"},
	{"POST /account/sessions/{id}/end", "/account/sessions/{none}/end", "", "404 404 404 404 404 403 404 404 404 403"},
	{"POST /account/sessions/end", "/account/sessions/end", "", "303 303 303 303 303 403 303 303 303 403"},
	{"GET /entries", "/entries", "", "403 403 403 403 403 403 403 403 200 303"},
	{"POST /entries/codes", "/entries/codes", "", "403 403 403 403 403 403 403 403 200 403"},
	{"POST /entries/{person}/invite", "/entries/{none}/invite", "", "403 403 403 403 403 403 403 403 404 403"},
	{"POST /entries/{person}/invite", "/entries/{stranger}/invite", "", "403 403 403 403 403 403 403 403 404 403"},
	{"POST /entries/{person}/end", "/entries/{none}/end", "", "403 403 403 403 403 403 403 403 404 403"},
	{"POST /entries/{person}/end", "/entries/{stranger}/end", "", "403 403 403 403 403 403 403 403 404 403"},
	{"GET /bin", "/bin", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /called", "/called", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /tips", "/tips", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /tips/{key}", "/tips/doors", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /tips/{key}", "/tips/other", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /networks", "/networks", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /networks/{id}", "/networks/{kerkveld}", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /networks/{id}", "/networks/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /networks/{id}/write", "/networks/{kerkveld}/write", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /networks/{id}/write", "/networks/{kerkveld}/write", "text=", "422 422 422 422 422 422 422 422 422 422"},
	{"POST /networks/{id}/write", "/networks/{none}/write", "text=Dag", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /address", "/address", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /address", "/address", "address=", "422 422 422 422 422 422 422 422 422 422"},
	{"POST /address/search", "/address/search", "q=ker", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /wishes", "/wishes", "street={none}&email=a@example.org", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /w/{token}", "/w/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /w/{token}", "/w/{none}", "do=drop", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /contact", "/contact", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /contact", "/contact", "text=", "422 422 422 422 422 422 422 422 422 422"},
	{"POST /remarks", "/remarks", "remark=", "422 422 422 422 422 422 422 422 422 422"},
	{"GET /remarks", "/remarks", "", "403 200 403 403 403 403 403 403 200 303"},
	{"POST /remarks/{id}", "/remarks/{none}", "", "403 404 403 403 403 403 403 403 404 403"},
	{"GET /wanted", "/wanted", "", "403 200 403 403 403 403 403 403 200 303"},

	{"GET /dispatch", "/dispatch", "", "200 200 403 403 403 403 403 403 403 303"},
	{"POST /dispatch", "/dispatch", "", "200 200 403 403 403 403 403 403 403 403"},
	{"POST /dispatch/check", "/dispatch/check", "", "200 200 403 403 403 403 403 403 403 403"},
	{"POST /dispatch/listen", "/dispatch/listen", "", "422 422 403 403 403 403 403 403 403 403"},
	{"GET /dispatch/streets", "/dispatch/streets?q=Ker", "", "200 200 403 403 403 403 403 403 403 303"},

	{"GET /alerts", "/alerts", "", "200 200 200 403 403 403 403 200 403 303"},
	{"GET /alerts/{id}", "/alerts/{own}", "", "200 200 200 403 403 403 403 200 403 303"},
	{"GET /alerts/{id}", "/alerts/{foreign}", "", "404 404 404 403 403 403 403 404 403 303"},
	{"GET /alerts/{id}/events", "/alerts/{own}/events", "", "200 200 200 403 403 403 403 200 403 303"},
	{"GET /alerts/{id}/events", "/alerts/{foreign}/events", "", "404 404 404 403 403 403 403 404 403 303"},
	{"POST /alerts/{id}/stop", "/alerts/{own}/stop", "correction-nl=De+auto+met+1-ABC-123", "422 422 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/stop", "/alerts/{foreign}/stop", "correction-nl=Het+klopt+niet", "404 404 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/tell", "/alerts/{own}/tell", "", "422 422 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/tell", "/alerts/{foreign}/tell", "kind=update", "404 404 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/cut", "/alerts/{own}/cut", "", "409 409 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/cut", "/alerts/{waiting}/cut", "", "409 409 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/cut", "/alerts/{foreign}/cut", "", "404 404 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/texts/{text}", "/alerts/{own}/texts/{own}", "", "404 404 403 403 403 403 403 403 403 403"},
	{"POST /alerts/{id}/texts/{text}", "/alerts/{foreign}/texts/{foreign}", "", "404 404 403 403 403 403 403 403 403 403"},
	{"GET /alerts/{id}/network", "/alerts/{own}/network", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /alerts/{id}/network", "/alerts/{waiting}/network", "", "403 404 403 403 403 403 403 403 403 303"},
	{"GET /alerts/{id}/network", "/alerts/{foreign}/network", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /alerts/{id}/names", "/alerts/{own}/names", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /alerts/{id}/names", "/alerts/{foreign}/names", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /alerts/{id}/names", "/alerts/{own}/names", "", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /alerts/{id}/names", "/alerts/{foreign}/names", "reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},

	{"GET /debts", "/debts", "", "403 200 200 403 403 403 403 403 403 303"},
	{"POST /debts/{alert}", "/debts/{own}", "", "403 422 422 403 403 403 403 403 403 403"},
	{"POST /debts/{alert}", "/debts/{foreign}", "ground=privacy", "403 404 404 403 403 403 403 403 403 403"},
	{"GET /alerts/{id}/journal", "/alerts/{own}/journal", "", "403 200 200 403 403 403 403 200 200 303"},
	{"GET /alerts/{id}/journal", "/alerts/{foreign}/journal", "", "403 404 404 403 403 403 403 404 404 303"},
	{"GET /lost", "/lost", "", "403 200 403 200 200 403 403 403 403 303"},
	{"POST /lost", "/lost", "network={kerkveld}", "403 403 403 200 200 403 403 403 403 403"},
	{"POST /lost", "/lost", "network={wide}", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /lost/calls", "/lost/calls", "", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /lost", "/lost", "network={abroad}", "403 403 403 403 403 403 403 403 403 403"},

	{"GET /templates", "/templates", "", "403 200 403 403 403 403 403 403 200 303"},
	{"GET /templates/{key}", "/templates/burglary", "", "403 200 403 403 403 403 403 403 200 303"},
	{"GET /templates/{key}", "/templates/own-{none}", "", "403 404 403 403 403 403 403 403 404 303"},
	{"POST /templates/{key}", "/templates/burglary", "text-nl=De+auto+met+1-ABC-123", "403 422 403 403 403 403 403 403 422 403"},
	{"POST /templates/{key}", "/templates/own-{none}", "do=reset", "403 404 403 403 403 403 403 403 404 403"},

	{"GET /check", "/check", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /reach", "/reach", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /carriers", "/carriers", "", "200 200 200 403 403 403 403 200 403 303"},
	{"GET /number", "/number", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /number/{zone}", "/number/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /number/{zone}", "/number/{zone}", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /number/{zone}", "/number/{other}", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /number/{zone}/sheet", "/number/{other}/sheet", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /number/{zone}/card.vcf", "/number/{zone}/card.vcf", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /exercises", "/exercises", "", "200 200 200 200 200 403 403 200 403 303"},
	{"GET /exercises/{id}", "/exercises/{none}", "", "404 404 403 403 403 403 403 403 403 303"},
	{"POST /exercises/{id}/launch", "/exercises/{none}/launch", "", "404 404 403 403 403 403 403 403 403 403"},
	{"POST /exercises/{id}/agree", "/exercises/{none}/agree", "amount=1", "403 403 403 404 404 403 403 403 403 403"},
	{"POST /exercises/{id}/agree", "/exercises/{drill}/agree", "", "403 403 403 422 422 403 403 403 403 403"},
	{"POST /exercises/{id}/agree", "/exercises/{drill-wide}/agree", "amount=1", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /exercises/{id}/agree", "/exercises/{drill-abroad}/agree", "amount=1", "403 403 403 404 404 403 403 403 403 403"},
	{"POST /exercises/{id}/move", "/exercises/{drill}/move", "", "403 403 403 422 422 403 403 403 403 403"},
	{"POST /exercises/{id}/move", "/exercises/{drill-wide}/move", "day-{drill-wide}=2027-01-12", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /exercises/{id}/skip", "/exercises/{drill}/skip", "", "403 403 403 422 422 403 403 403 403 403"},
	{"POST /exercises/{id}/skip", "/exercises/{drill-wide}/skip", "reason-{drill-wide}=De+kermis", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /exercises/{id}", "/exercises/{drill}", "", "409 409 403 403 403 403 403 403 403 303"},
	{"GET /exercises/{id}", "/exercises/{drill-abroad}", "", "404 404 403 403 403 403 403 403 403 303"},
	{"POST /exercises/{id}/launch", "/exercises/{drill}/launch", "", "409 409 403 403 403 403 403 403 403 403"},
	{"POST /exercises/{id}/launch", "/exercises/{drill-abroad}/launch", "", "404 404 403 403 403 403 403 403 403 403"},
	{"POST /exercises/settings", "/exercises/settings", "per-year=-1", "403 422 403 403 403 403 403 403 403 403"},
	{"POST /lost/works", "/lost/works", "", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /tree", "/tree", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /tree/{network}", "/tree/{kerkveld}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /tree/{network}", "/tree/{wide}", "", "403 200 403 403 403 403 403 403 403 303"},
	{"GET /tree/{network}", "/tree/{abroad}", "", "403 404 403 403 403 403 403 403 403 303"},
	{"POST /tree/{network}/find", "/tree/{kerkveld}/find", "part=Nummer", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /tree/{network}/find", "/tree/{wide}/find", "part=Nummer", "403 422 403 403 403 403 403 403 403 403"},
	{"POST /tree/{network}/consent", "/tree/{kerkveld}/consent", "do=agrees&how=paper&member={none}", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /tree/{network}/consent", "/tree/{wide}/consent", "do=agrees&how=paper&member={none}", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /tree/{network}/print", "/tree/{kerkveld}/print", "", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /tree/{network}/print", "/tree/{wide}/print", "", "403 422 403 403 403 403 403 403 403 403"},
	{"GET /mandates", "/mandates", "", "403 200 200 200 200 403 403 200 200 303"},
	{"GET /mandates/new", "/mandates/new?role=deputy&network={kerkveld}", "", "403 200 200 403 403 403 403 403 403 303"},
	{"GET /mandates/new", "/mandates/new?role=steering&network={kerkveld}", "", "403 200 403 200 403 403 403 403 403 303"},
	{"GET /mandates/new", "/mandates/new?role=steering&network={wide}", "", "403 200 403 403 403 403 403 403 403 303"},
	{"GET /mandates/new", "/mandates/new?role=deputy&network={abroad}", "", "403 404 404 404 404 403 403 404 404 303"},
	{"GET /mandates/new", "/mandates/new?role=chief", "", "403 403 403 403 403 403 403 403 200 303"},
	{"POST /mandates/new", "/mandates/new", "role=deputy&network={kerkveld}", "403 422 422 403 403 403 403 403 403 403"},
	{"POST /mandates/new", "/mandates/new", "role=deputy&network={abroad}", "403 404 404 404 404 403 403 404 404 403"},
	{"POST /mandates/new", "/mandates/new", "role=administrator", "403 403 403 403 403 403 403 403 422 403"},
	{"GET /mandates/{mandate}", "/mandates/{mandate}", "", "403 200 200 200 200 403 403 200 200 303"},
	{"GET /mandates/{mandate}", "/mandates/{foreignMandate}", "", "403 404 404 404 404 403 403 404 404 303"},
	{"POST /mandates/{mandate}", "/mandates/{mandate}", "do=end", "403 422 422 403 422 403 403 403 403 403"},
	{"POST /mandates/{mandate}", "/mandates/{foreignMandate}", "do=end&ground=weg+ermee", "403 404 404 404 404 403 403 404 404 403"},
	{"GET /areas", "/areas", "", "403 200 403 403 403 403 403 403 200 303"},
	{"GET /areas/change", "/areas/change?kind=new", "", "403 200 403 403 403 403 403 403 200 303"},
	{"GET /areas/change", "/areas/change?kind=redraw&network={kerkveld}", "", "403 200 403 403 403 403 403 403 200 303"},
	{"GET /areas/change", "/areas/change?kind=redraw&network={abroad}", "", "403 404 403 403 403 403 403 403 404 303"},
	{"POST /areas/change", "/areas/change", "kind=redraw&network={kerkveld}", "403 422 403 403 403 403 403 403 422 403"},
	{"POST /areas/change", "/areas/change", "kind=merge&network={kerkveld}&other={abroad}&do=save&ground=zo", "403 404 403 403 403 403 403 403 404 403"},
	{"GET /members", "/members", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /members/{network}", "/members/{kerkveld}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /members/{network}", "/members/{wide}", "", "403 200 403 403 403 403 403 403 403 303"},
	{"GET /members/{network}", "/members/{abroad}", "", "403 404 403 403 403 403 403 403 403 303"},
	{"POST /members/{network}", "/members/{kerkveld}", "q=Nummer", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /members/{network}", "/members/{kerkveld}", "q=Nummer&reason=Ik+zoek+iemand", "403 200 403 200 200 403 403 403 403 403"},
	{"POST /members/{network}", "/members/{wide}", "q=Nummer", "403 422 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}", "/members/{abroad}", "q=Nummer&reason=Ik+zoek+iemand", "403 404 403 403 403 403 403 403 403 403"},
	{"GET /members/{network}/{member}", "/members/{kerkveld}/{member}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /members/{network}/{member}", "/members/{wide}/{member}", "", "403 200 403 403 403 403 403 403 403 303"},
	{"GET /members/{network}/{member}", "/members/{abroad}/{member-abroad}", "", "403 404 403 403 403 403 403 403 403 303"},
	{"POST /members/{network}/{member}", "/members/{kerkveld}/{member}", "reason=Ik+bel+dit+lid", "403 200 403 200 200 403 403 403 403 403"},
	{"POST /members/{network}/{member}", "/members/{kerkveld}/{member-wide}", "reason=Ik+bel+dit+lid", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /members/{network}/{member}", "/members/{kerkveld}/{member-abroad}", "reason=Ik+bel+dit+lid", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /members/{network}/{member}", "/members/{kerkveld}/{member}", "do=stop&how=paper&contact={none}", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /members/{network}/{member}", "/members/{wide}/{member-wide}", "do=stop&how=paper&contact={none}", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}/batch", "/members/{kerkveld}/batch", "", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /members/{network}/batch", "/members/{kerkveld}/batch", "kind=left&how=paper&do=do&member={member-wide}&member={member-abroad}", "403 303 403 303 303 403 403 403 403 403"},
	{"POST /members/{network}/batch", "/members/{wide}/batch", "kind=ask&all=yes", "403 422 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}/batch", "/members/{abroad}/batch", "kind=left&how=paper&do=do&member={member-abroad}", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}/undo", "/members/{kerkveld}/undo", "change={none}", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /members/{network}/undo", "/members/{wide}/undo", "change={none}", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}/print", "/members/{kerkveld}/print", "", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /members/{network}/print", "/members/{wide}/print", "", "403 422 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}/print", "/members/{abroad}/print", "reason=Ik+druk+af", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /members/{network}/export", "/members/{kerkveld}/export", "format=xlsx", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /members/{network}/export", "/members/{abroad}/export", "reason=Ik+bewaar", "403 404 403 403 403 403 403 403 403 403"},
	{"GET /members/{network}/import", "/members/{kerkveld}/import", "", "403 200 403 200 200 403 403 403 200 303"},
	{"GET /members/{network}/import", "/members/{wide}/import", "", "403 200 403 403 403 403 403 403 200 303"},
	{"GET /members/{network}/import", "/members/{abroad}/import", "", "403 404 403 403 403 403 403 403 404 303"},
	{"POST /members/{network}/import", "/members/{kerkveld}/import", "", "403 422 403 422 422 403 403 403 422 403"},
	{"POST /members/{network}/import", "/members/{abroad}/import", "", "403 404 403 403 403 403 403 403 404 403"},
	{"GET /members/{network}/import/{list}", "/members/{kerkveld}/import/{list}", "", "403 200 403 404 404 403 403 403 404 303"},
	{"GET /members/{network}/import/{list}", "/members/{wide}/import/{list}", "", "403 404 403 403 403 403 403 403 404 303"},
	{"GET /members/{network}/import/{list}", "/members/{abroad}/import/{list-abroad}", "", "403 404 403 403 403 403 403 403 404 303"},
	{"POST /members/{network}/import/{list}", "/members/{kerkveld}/import/{list}", "do=mend", "403 303 403 404 404 403 403 403 404 403"},
	{"POST /members/{network}/import/{list}", "/members/{kerkveld}/import/{list-abroad}", "do=take", "403 404 403 404 404 403 403 403 404 403"},
	{"GET /calendar", "/calendar", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /calendar/new", "/calendar/new?network={kerkveld}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /calendar/new", "/calendar/new?network={wide}", "", "403 200 403 403 403 403 403 403 403 303"},
	{"GET /calendar/new", "/calendar/new?network={abroad}", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /calendar/new", "/calendar/new", "network={kerkveld}&kind=members&invites=all", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /calendar/new", "/calendar/new", "network={abroad}&kind=members&invites=all", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /calendar/{meeting}", "/calendar/{meeting}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /calendar/{meeting}", "/calendar/{meeting-wide}", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /calendar/{meeting}", "/calendar/{meeting-abroad}", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /calendar/{meeting}", "/calendar/{meeting}", "", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /calendar/{meeting}", "/calendar/{meeting-wide}", "do=minutes", "403 409 403 404 404 403 403 403 403 403"},
	{"POST /calendar/{meeting}", "/calendar/{meeting-abroad}", "do=invite", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /calendar/{meeting}/meeting.ics", "/calendar/{meeting}/meeting.ics", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /calendar/{meeting}/meeting.ics", "/calendar/{meeting-abroad}/meeting.ics", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /meeting/{token}", "/meeting/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /meeting/{token}", "/meeting/{none}", "answer=yes", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /meeting/{token}/meeting.ics", "/meeting/{none}/meeting.ics", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /looked", "/looked", "", "403 200 200 200 200 403 403 200 403 303"},
	{"POST /away", "/away", "network={kerkveld}", "403 403 403 422 422 403 403 403 403 403"},
	{"POST /away", "/away", "network={abroad}", "403 403 403 403 403 403 403 403 403 403"},

	{"GET /me", "/me", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/wishes", "/me/wishes", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/contacts", "/me/contacts", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/contacts/add", "/me/contacts/add", "", "303 303 303 303 303 303 303 303 303 303"},
	{"POST /me/contacts/add", "/me/contacts/add", "address=x", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /me/contacts/{contact}", "/me/contacts/{none}", "", "303 303 303 303 303 303 303 303 303 303"},
	{"POST /me/contacts/{contact}", "/me/contacts/{none}", "code=1", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /me/household", "/me/household", "", "303 303 303 303 303 303 303 303 303 303"},
	{"POST /me/household", "/me/household", "mailbox=x", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /me/shop", "/me/shop", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/away", "/me/away", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/reading", "/me/reading", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/data", "/me/data", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/leave", "/me/leave", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/erase", "/me/erase", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/looks", "/me/looks", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/messages", "/me/messages", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/data.json", "/me/data.json", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /me/data.pdf", "/me/data.pdf", "", "303 303 303 303 303 303 303 303 303 303"},
	{"POST /me/wishes", "/me/wishes", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /me/contacts", "/me/contacts", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /me/away", "/me/away", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /me/reading", "/me/reading", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /me/data", "/me/data", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /me/leave", "/me/leave", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"POST /me/erase", "/me/erase", "sure=yes", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /me/in", "/me/in", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /me/in", "/me/in", "address=ghost", "422 422 422 422 422 422 422 422 422 422"},
	{"POST /me/code", "/me/code", "asking={none}&code=12345678", "403 403 403 403 403 403 403 403 403 403"},
	{"GET /me/in/{token}", "/me/in/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /me/in/{token}", "/me/in/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /me/out", "/me/out", "", "303 303 303 303 303 303 303 303 303 303"},
	{"GET /asked/{member}", "/asked/{mate}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}", "/asked/{distant}", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}", "/asked/{stranger}", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/wishes", "/asked/{mate}/wishes", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/wishes", "/asked/{distant}/wishes", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/wishes", "/asked/{stranger}/wishes", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/contacts", "/asked/{mate}/contacts", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/contacts", "/asked/{distant}/contacts", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/contacts", "/asked/{stranger}/contacts", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/contacts/add", "/asked/{mate}/contacts/add", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/contacts/add", "/asked/{distant}/contacts/add", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/contacts/add", "/asked/{stranger}/contacts/add", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /asked/{member}/contacts/add", "/asked/{mate}/contacts/add", "address=x", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /asked/{member}/contacts/add", "/asked/{stranger}/contacts/add", "address=x", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /asked/{member}/contacts/{contact}", "/asked/{mate}/contacts/{none}", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/contacts/{contact}", "/asked/{stranger}/contacts/{none}", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /asked/{member}/contacts/{contact}", "/asked/{mate}/contacts/{none}", "way=sms", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/contacts/{contact}", "/asked/{stranger}/contacts/{none}", "way=sms", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /asked/{member}/away", "/asked/{mate}/away", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/away", "/asked/{distant}/away", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/away", "/asked/{stranger}/away", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/reading", "/asked/{mate}/reading", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/reading", "/asked/{distant}/reading", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/reading", "/asked/{stranger}/reading", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/data", "/asked/{mate}/data", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/data", "/asked/{distant}/data", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/data", "/asked/{stranger}/data", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/leave", "/asked/{mate}/leave", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/leave", "/asked/{distant}/leave", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/leave", "/asked/{stranger}/leave", "", "403 404 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/erase", "/asked/{mate}/erase", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /asked/{member}/erase", "/asked/{distant}/erase", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /asked/{member}/erase", "/asked/{stranger}/erase", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /asked/{member}/wishes", "/asked/{mate}/wishes", "from=22:00&until=07:00&how=paper", "403 303 403 303 303 403 403 403 403 403"},
	{"POST /asked/{member}/wishes", "/asked/{distant}/wishes", "from=22:00&until=07:00&how=paper", "403 303 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/wishes", "/asked/{stranger}/wishes", "from=22:00&until=07:00&how=paper&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/contacts", "/asked/{mate}/contacts", "do=up&contact={none}&how=paper", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/contacts", "/asked/{distant}/contacts", "do=up&contact={none}&how=paper", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/contacts", "/asked/{stranger}/contacts", "do=up&contact={none}&how=paper&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/away", "/asked/{mate}/away", "do=home&how=telephone", "403 303 403 303 303 403 403 403 403 403"},
	{"POST /asked/{member}/away", "/asked/{distant}/away", "do=home&how=telephone", "403 303 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/away", "/asked/{stranger}/away", "do=home&how=telephone&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/reading", "/asked/{mate}/reading", "how=paper&exercises=yes", "403 303 403 303 303 403 403 403 403 403"},
	{"POST /asked/{member}/reading", "/asked/{distant}/reading", "how=paper&exercises=yes", "403 303 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/reading", "/asked/{stranger}/reading", "how=paper&exercises=yes&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/data", "/asked/{mate}/data", "do=name&how=paper", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /asked/{member}/data", "/asked/{distant}/data", "do=name&how=paper", "403 422 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/data", "/asked/{stranger}/data", "do=name&how=paper&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/leave", "/asked/{mate}/leave", "how=paper", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /asked/{member}/leave", "/asked/{distant}/leave", "how=paper", "403 422 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/leave", "/asked/{stranger}/leave", "how=paper&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/erase", "/asked/{mate}/erase", "how=paper", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /asked/{member}/erase", "/asked/{distant}/erase", "how=paper", "403 422 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/erase", "/asked/{stranger}/erase", "how=paper&sure=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /asked", "/asked", "", "403 200 403 200 200 403 403 403 403 303"},
	{"POST /asked/{member}/copy", "/asked/{mate}/copy", "", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /asked/{member}/copy", "/asked/{distant}/copy", "do=pdf", "403 422 403 404 404 403 403 403 403 403"},
	{"POST /asked/{member}/copy", "/asked/{stranger}/copy", "do=pdf", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /asked/find", "/asked/find", "network={kerkveld}&part=Nummer", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /asked/find", "/asked/find", "network={wide}&part=Nummer", "403 422 403 403 403 403 403 403 403 403"},
	{"POST /asked/find", "/asked/find", "network={abroad}&part=Nummer&why=Het+lid+belde", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /asked/names", "/asked/names", "network={kerkveld}", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /asked/names", "/asked/names", "network={abroad}&why=Het+lid+belde", "403 404 403 403 403 403 403 403 403 403"},
	{"POST /asked/move", "/asked/move", "member={mate}&do=yes", "403 409 403 409 409 403 403 403 403 403"},
	{"POST /asked/move", "/asked/move", "member={stranger}&do=yes", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /retention", "/retention", "", "403 200 200 403 403 403 403 200 200 303"},
	{"GET /retention/{category}", "/retention/members", "", "403 200 200 403 403 403 403 200 200 303"},
	{"GET /retention/{category}", "/retention/ghosts", "", "403 404 404 403 403 403 403 404 404 303"},
	{"GET /retention/{category}/paper", "/retention/members/paper", "", "403 200 200 403 403 403 403 200 200 303"},
	{"GET /breaches", "/breaches", "", "403 200 200 403 403 403 403 403 200 303"},
	{"POST /breaches", "/breaches", "day=2026-01-01&hour=10:00", "403 422 422 403 403 403 403 403 422 403"},
	{"GET /breaches/{id}", "/breaches/{breach}", "", "403 200 200 403 403 403 403 403 200 303"},
	{"GET /breaches/{id}", "/breaches/{breached}", "", "403 404 404 403 403 403 403 403 404 303"},
	{"POST /breaches/{id}", "/breaches/{breach}", "", "403 422 422 403 403 403 403 403 422 403"},
	{"POST /breaches/{id}", "/breaches/{breached}", "what=Het+lek", "403 404 404 403 403 403 403 403 404 403"},

	{"GET /join", "/join", "", "200 200 200 200 200 200 200 200 200 200"},
	{"POST /join/where", "/join/where", "street=Kerkstraat", "422 422 422 422 422 422 422 422 422 422"},
	{"POST /join", "/join", "street=Kerkstraat", "422 422 422 422 422 422 422 422 422 422"},
	{"GET /join/{token}", "/join/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /join/{token}/code", "/join/{none}/code", "way=sms&code=123456&answer=x", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /join/{token}/prove", "/join/{none}/prove", "way=sms&code=123456&answer=x", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /join/{token}/answer", "/join/{none}/answer", "way=sms&code=123456&answer=x", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /join/{token}/withdraw", "/join/{none}/withdraw", "way=sms&code=123456&answer=x", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /join/{token}/shop", "/join/{none}/shop", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /join/{token}/shop/hours", "/join/{none}/shop/hours", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /join/{token}/shop/staff", "/join/{none}/shop/staff", "member={none}", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /verify/{token}", "/verify/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /verify/{token}", "/verify/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /household/{token}", "/household/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /household/{token}", "/household/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /household/leave/{token}", "/household/leave/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /household/leave/{token}", "/household/leave/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /business/join/{token}", "/business/join/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /business/join/{token}", "/business/join/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /applications", "/applications", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /applications/new", "/applications/new", "", "403 200 403 200 200 403 403 403 403 303"},
	{"POST /applications/new/where", "/applications/new/where", "street=Kerkstraat", "403 422 403 422 422 403 403 403 403 403"},
	{"POST /applications/new", "/applications/new", "street=Kerkstraat", "403 422 403 422 422 403 403 403 403 403"},
	{"GET /applications/{id}", "/applications/{application}", "", "403 200 403 200 200 403 403 403 403 303"},
	{"GET /applications/{id}", "/applications/{wideApplication}", "", "403 200 403 404 404 403 403 403 403 303"},
	{"GET /applications/{id}", "/applications/{foreignApplication}", "", "403 404 403 404 404 403 403 403 403 303"},
	{"POST /applications/{id}", "/applications/{application}", "", "403 422 403 200 200 403 403 403 403 403"},
	{"POST /applications/{id}/decide", "/applications/{application}/decide", "do=accepted&reason=Ik+bel+hen+op", "403 409 403 409 409 403 403 403 403 403"},
	{"POST /applications/{id}/code", "/applications/{application}/code", "contact={none}&way=sms", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/prove", "/applications/{application}/prove", "contact={none}&code=123456&reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/letter", "/applications/{application}/letter", "", "403 200 403 200 200 403 403 403 403 403"},
	{"POST /applications/{id}/consent", "/applications/{application}/consent", "reason=Ik+bel+hen+op", "403 200 403 200 200 403 403 403 403 403"},
	{"POST /applications/{id}/welcome", "/applications/{application}/welcome", "", "403 409 403 409 409 403 403 403 403 403"},
	{"POST /applications/{id}", "/applications/{wideApplication}", "reason=Ik+bel+hen+op", "403 200 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/decide", "/applications/{wideApplication}/decide", "do=accepted&reason=Ik+bel+hen+op", "403 409 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/code", "/applications/{wideApplication}/code", "contact={none}&way=sms", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/prove", "/applications/{wideApplication}/prove", "contact={none}&code=123456&reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/letter", "/applications/{wideApplication}/letter", "", "403 200 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/consent", "/applications/{wideApplication}/consent", "reason=Ik+bel+hen+op", "403 200 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/welcome", "/applications/{wideApplication}/welcome", "", "403 409 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}", "/applications/{foreignApplication}", "reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/decide", "/applications/{foreignApplication}/decide", "do=accepted&reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/code", "/applications/{foreignApplication}/code", "contact={none}&way=sms", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/prove", "/applications/{foreignApplication}/prove", "contact={none}&code=123456&reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/letter", "/applications/{foreignApplication}/letter", "", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/consent", "/applications/{foreignApplication}/consent", "reason=Ik+bel+hen+op", "403 404 403 404 404 403 403 403 403 403"},
	{"POST /applications/{id}/welcome", "/applications/{foreignApplication}/welcome", "", "403 404 403 404 404 403 403 403 403 403"},
	{"GET /h/{token}", "/h/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /h/{token}", "/h/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /c/{token}", "/c/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /c/{token}", "/c/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /h/{token}/shown", "/h/{none}/shown", "", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /device/{token}", "/device/{none}", "", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /device/{token}", "/device/{none}", "subscription=x", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /device/{token}/remove", "/device/{none}/remove", "device={none}", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /devices/renew", "/devices/renew", "device={none}", "404 404 404 404 404 404 404 404 404 404"},
	{"POST /devices/remove", "/devices/remove", "device={none}", "404 404 404 404 404 404 404 404 404 404"},
	{"GET /app", "/app", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /manifest/{language}", "/manifest/nl", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /worker.js", "/worker.js", "", "200 200 200 200 200 200 200 200 200 200"},
	{"GET /health", "/health", "", "200 200 200 200 200 200 200 200 200 200"},
}

// fill puts real ids into a path or a form.
func (s *site) fill(text string) string {
	return strings.NewReplacer("{own}", s.own.String(), "{foreign}", s.foreign.String(), "{waiting}", s.waiting.String(),
		"{none}", s.db.NewID().String(), "{stranger}", s.foreignOfficer.String(), "{kerkveld}", s.kerkveld.String(), "{wide}", s.wide.String(), "{abroad}", s.foreignNetwork.String(),
		"{mandate}", s.deputyMandate.String(), "{foreignMandate}", s.foreignMandate.String(), "{zone}", s.zone.String(), "{other}", s.other.String(),
		"{drill}", s.drill[0].String(), "{drill-wide}", s.drill[1].String(), "{drill-abroad}", s.drill[2].String(),
		"{mate}", s.members[4].String(), "{distant}", s.members[9].String(), "{stranger}", s.members[17].String(), "{breach}", s.breach.String(), "{breached}", s.foreignBreach.String(),
		"{application}", s.application.String(), "{wideApplication}", s.wideApplication.String(), "{foreignApplication}", s.foreignApplication.String()).Replace(s.fillDesk(text))
}

// session is a browser with a session of a role.
func (s *site) session(role buurtbel.Role) *browser {
	switch role {
	case "nobody":
		return s.browser()
	case buurtbel.RoleMember: // cannot sign in: the row is put there
		return s.forged(s.people[role])
	}
	return s.as(s.people[role])
}

func TestEveryRouteForEveryRole(t *testing.T) {
	s := found(t)
	s.alerts()
	s.applications()
	missing := map[string]bool{}
	for _, r := range New(Options{}).routes() {
		missing[r.method+" "+r.path] = true
	}
	for _, e := range rights {
		if want := strings.Fields(e.want); len(want) != len(columns) {
			t.Fatalf("%s %s: %d columns", e.route, e.path, len(want))
		}
		delete(missing, e.route)
	}
	for route := range missing {
		t.Errorf("%s is served and stands in no table of rights", route)
	}
	for i, role := range columns {
		t.Run(string(role), func(t *testing.T) {
			b := s.session(role)
			for _, e := range rights {
				if e.route == "POST /sign-out" {
					continue // last: it ends the session
				}
				b.expect(t, e, strings.Fields(e.want)[i])
			}
			for _, e := range rights {
				if e.route == "POST /sign-out" {
					b.expect(t, e, strings.Fields(e.want)[i])
				}
			}
			if got := b.get("/"); got.code != http.StatusOK || !strings.Contains(got.body, `data-address`) {
				t.Errorf("after signing out the first page is not the public's: %d", got.code)
			}
		})
	}
}

func (b *browser) expect(t *testing.T, e expected, want string) {
	t.Helper()
	form, err := url.ParseQuery(b.fill(e.form))
	if err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(e.route, " ")
	got := b.do(method, b.fill(e.path), form, nil)
	if fmt.Sprint(got.code) != want {
		t.Errorf("%s %s %s: %d, expected %s", method, e.path, e.form, got.code, want)
	}
	if got.code == http.StatusForbidden && strings.Contains(got.body, "Kerkstraat") {
		t.Errorf("%s %s: the refusal tells something", method, e.path)
	}
}

// TestOtherMethodsAreRefused tries every method on every path: what is not in the table of routes does not exist.
func TestOtherMethodsAreRefused(t *testing.T) {
	s := found(t)
	s.alerts()
	s.applications()
	served := map[string]bool{}
	for _, r := range New(Options{}).routes() {
		served[r.method+" "+r.path] = true
	}
	b := s.as(s.people[buurtbel.RoleOfficer])
	for _, e := range rights {
		_, pattern, _ := strings.Cut(e.route, " ")
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodTrace, "PROPFIND"} {
			if served[method+" "+pattern] {
				continue
			}
			if got := b.do(method, s.fill(e.path), nil, nil); got.code != http.StatusNotFound && got.code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, e.path, got.code)
			}
		}
	}
}

// rightsPage is the page of the manual that says who may do what, made from the tables of this test and of the program.
func rightsPage() []byte {
	var b bytes.Buffer
	b.WriteString("# Who may do what on the pages\n\nMade from the table of routes and its test (`go test ./internal/web -run TestRightsPage -update`). ")
	b.WriteString("A dash: refused. *own*: what lies in the person's own zone; another zone's address answers as if it did not exist. ")
	b.WriteString("A coordinator and a deputy see their own network only.\n\n| route | right | ")
	for _, role := range columns {
		b.WriteString(string(role) + " | ")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, r := range New(Options{}).routes() {
		name := r.method + " " + r.path
		i := slices.IndexFunc(rights, func(e expected) bool { return e.route == name })
		right := string(r.may)
		switch {
		case r.own:
			right = "own page"
		case r.open:
			right = "open"
		case r.may == "":
			right = "signed in"
		}
		switch r.proof {
		case proofAlways:
			right += ", *shown again*"
		case proofLaunch:
			right += ", *shown again* to send"
		}
		fmt.Fprintf(&b, "| `%s` | %s |", strings.TrimSuffix(name, "{$}"), right)
		for k := range columns {
			b.WriteString(" " + allowed(r, i, k) + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n*open*: no session is needed; the address itself, which only its receiver knows, is the right, or there is nothing to protect. *Shown again*: the person showed within ten minutes who it is (sign-in.md). *own page*: the session of a member's own page, which a link or a code to the own telephone or mailbox opens; no session of a desk opens it.\n")
	return b.Bytes()
}

func allowed(r route, row, column int) string {
	if row < 0 {
		return "?"
	}
	status := strings.Fields(rights[row].want)[column]
	switch {
	case r.open:
		return "yes"
	case r.own:
		return "–"
	case status == "403" || status == "303" && r.method == http.MethodGet:
		return "–"
	case strings.Contains(r.path, "{"):
		if r.path != "/{$}" {
			return "own"
		}
	}
	return "yes"
}

func TestRightsPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "operating", "rights.md")
	want := rightsPage()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not up to date (%v): go test ./internal/web -run TestRightsPage -update", path, err)
	}
}

// forged is a browser with the cookie of a session row that was put into the store by hand.
func (s *site) forged(person buurtbel.ID) *browser {
	secret, hash := newToken()
	s.write(0, func(tx *store.Tx) error {
		return tx.InsertSession(hash, store.Session{Person: person, Zone: s.zone, Office: "member", Expires: s.db.Now().Add(entryHour)})
	})
	b := s.browser()
	at, err := url.Parse(s.server.URL)
	if err != nil {
		s.Fatal(err)
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: cookieSession, Value: secret, Path: "/"}})
	return b
}
