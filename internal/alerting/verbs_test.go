package alerting_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// verbPackages are the packages whose exported functions touch a zone's data.
var verbPackages = []string{"accounting", "alerting", "asking", "bundling", "delivery", "entering", "governing", "guarding", "informing", "joining", "loading", "relaying", "reporting"}

// unasked are the exported functions that take a context and no actor, or ask nothing themselves, each with its reason.
var unasked = map[string]string{
	"alerting.Desk.Expand":            "a loop of the program",
	"alerting.Desk.Shown":             "the link's signature is the right",
	"alerting.Desk.Confirm":           "the link's signature is the right",
	"alerting.Desk.QuestionBehind":    "the one-time link says who asks; Question asks what that person may",
	"alerting.Desk.AnswerBehind":      "the one-time link says who answers; AnswerSecond asks what that person may",
	"alerting.Desk.Answered":          "the carrier says from which number it came: the door of what arrives calls it",
	"alerting.Desk.Known":             "the code is public: whoever has it may know that the alert is real, from whom and when, and nothing more",
	"alerting.Desk.About":             "the carrier says from which number it came: the door of what arrives calls it",
	"delivery.Content":                "the carrier says from which number the call comes: it hears once more what was sent there",
	"delivery.Dispatcher.Run":         "a loop of the program",
	"entering.Gate.AskOwn":            "anybody may ask; the answer is the same for known and unknown, and what opens goes to the owner",
	"entering.Gate.AskProof":          "the visit's session is the right, and only the own person is touched",
	"entering.Gate.BehindOwn":         "the one-time link or code is the right",
	"entering.Gate.EndOthers":         "the visit's session is the right, and only the own person is touched",
	"entering.Gate.EndSession":        "the visit's session is the right, and only the own person is touched",
	"entering.Gate.EnterOwn":          "the one-time link or code is the right",
	"entering.Gate.EnterOwnCode":      "the one-time link or code is the right",
	"entering.Gate.EnterPasskey":      "the passkey's signature is the right: nobody has signed in yet",
	"entering.Gate.EnterSealed":       "the sealed code is the right: nobody has signed in yet",
	"entering.Gate.FromProvider":      "the identity provider's signature is the right",
	"entering.Gate.FromResident":      "the identity provider's signature is the right: what it says of age and address is all that is taken",
	"entering.Gate.KeepPasskey":       "the visit's session is the right, and only the own person is touched",
	"entering.Gate.MailProof":         "the visit's session is the right, and only the own person is touched",
	"entering.Gate.NewPasskey":        "the visit's session is the right, and only the own person is touched",
	"entering.Gate.Own":               "the visit's session is the right, and only the own person is touched",
	"entering.Gate.ProveCode":         "the visit's session is the right, and only the own person is touched",
	"entering.Gate.ProvePasskey":      "the visit's session is the right, and only the own person is touched",
	"entering.Gate.RemovePasskey":     "the visit's session is the right, and only the own person is touched",
	"entering.Gate.RemoveProvider":    "the visit's session is the right, and only the own person is touched",
	"entering.Gate.VisitOwn":          "the session is the right; it gives the actor",
	"entering.Gate.Ways":              "the visit's session is the right, and only the own person is touched",
	"governing.AcceptBehind":          "the link's signature is the right",
	"governing.RefuseBehind":          "the link's signature is the right",
	"governing.RulesBehind":           "the link's signature is the right",
	"joining.Hall.Answer":             "the link's signature is the right",
	"joining.Hall.Apply":              "anybody may apply",
	"joining.Hall.BehindInvitation":   "the one-time link or code is the right",
	"joining.Hall.BehindLeave":        "the link's signature is the right",
	"joining.Hall.BehindMail":         "the one-time link or code is the right",
	"joining.Hall.Check":              "whether a network is at an address is public",
	"joining.Hall.Confirm":            "the one-time link or code is the right",
	"joining.Hall.EnterCode":          "the link's signature is the right",
	"joining.Hall.Invite":             "the link's signature is the right",
	"joining.Hall.LeaveHousehold":     "the link's signature is the right",
	"joining.Hall.MoveStaff":          "the link's signature is the right",
	"joining.Hall.ProveByIdentity":    "the link's signature is the right",
	"joining.Hall.ProveMail":          "the one-time link or code is the right",
	"joining.Hall.SendCode":           "the link's signature is the right",
	"joining.Hall.SetHours":           "the link's signature is the right",
	"joining.Hall.Show":               "the link's signature is the right",
	"joining.Hall.ShowShop":           "the link's signature is the right",
	"joining.Hall.Withdraw":           "the link's signature is the right",
	"informing.Newsroom.Published":    "counts that a zone publishes are public",
	"joining.ShownOn":                 "the link's signature is the right",
	"asking.Counter.Behind":           "the link's signature is the right",
	"asking.Counter.Prove":            "the link's signature is the right",
	"asking.Counter.Remark":           "anybody may write; the door limits how often",
	"asking.Counter.TakeBack":         "the link's signature is the right",
	"asking.Counter.Wish":             "anybody may write; the door limits how often",
	"asking.Counter.WriteToNetwork":   "anybody may write; the door limits how often",
	"asking.Counter.WriteToPolice":    "anybody may write; the door limits how often",
	"asking.ReadZones":                "zones' names are public",
	"entering.Gate.Run":               "a loop of the program",
	"entering.Gate.Behind":            "the one-time link is the right",
	"entering.Gate.Enter":             "the one-time link is the right: nobody has signed in yet",
	"entering.Gate.Visit":             "the session is the right; it gives the actor",
	"entering.Gate.Actor":             "the session is the right; it gives the actor",
	"entering.Gate.Leave":             "the session is the right",
	"entering.Gate.HandOver":          "the session is the right",
	"entering.Gate.Colleagues":        "the shared PC's cookie is the right: it is given where somebody signed in",
	"governing.InvitationBehind":      "the link's signature is the right",
	"governing.AnswerInvitation":      "the link's signature is the right",
	"joining.DeviceLink":              "the acknowledgement link's signature is the right",
	"joining.ShowDevices":             "the link's signature is the right",
	"joining.AddBrowser":              "the link's signature is the right",
	"joining.RemoveDevice":            "the link's signature is the right",
	"joining.RenewBrowser":            "the device's own token is the right",
	"joining.RemoveBrowser":           "the device's own token is the right",
	"entering.Gate.Switch":            "the shared PC's cookie and the PIN are the right",
	"relaying.Bulletins.Behind":       "the link's signature is the right",
	"relaying.Bulletins.DecideBehind": "the link's signature is the right; Decide asks what the person whom it asked may",
	"joining.MailBack":                "the link's signature is the right",
	"joining.MailStop":                "the link's signature is the right",
	"joining.MailWorks":               "the link's signature is the right",
	"joining.StopMail":                "the link's signature is the right",
}

// verb is an exported function or method that takes a context.
type verb struct {
	name  string
	actor bool
	asks  bool
	calls []string
}

// TestVerbsAskWhoActs reads the sources of the verb packages: each exported function that takes a context, and so can read or change a
// zone's data, has an actor and asks May, itself or through another function of its package.
func TestVerbsAskWhoActs(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range verbPackages {
		found, bodies := readVerbs(t, name)
		for _, v := range found {
			seen[v.name] = true
			switch reason := unasked[v.name]; {
			case reason != "" && v.actor && v.asks:
				t.Errorf("%s asks who acts: it is no exception any more", v.name)
			case reason != "":
			case !v.actor:
				t.Errorf("%s takes a context and no actor: who does it? Give it a buurtbel.Actor, or list it with its reason", v.name)
			case !v.asks && !asksThrough(v.calls, bodies, 3):
				t.Errorf("%s has an actor and never asks what the actor may", v.name)
			}
		}
	}
	for name := range unasked {
		if !seen[name] {
			t.Errorf("%s is listed as an exception and does not exist", name)
		}
	}
}

func readVerbs(t *testing.T, name string) (found []verb, bodies map[string]verb) {
	t.Helper()
	bodies = map[string]verb{}
	files, err := filepath.Glob(filepath.Join("..", name, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			v := verbOf(name, fn)
			bodies[fn.Name.Name] = v
			if exported(fn) && takes(fn, "context.Context") {
				found = append(found, v)
			}
		}
	}
	return found, bodies
}

func exported(fn *ast.FuncDecl) bool {
	return fn.Name.IsExported() && (fn.Recv == nil || ast.IsExported(receiver(fn)))
}

func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	kind := fn.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	return fmt.Sprint(kind)
}

func takes(fn *ast.FuncDecl, kind string) bool {
	for _, p := range fn.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && fmt.Sprintf("%v.%v", s.X, s.Sel) == kind {
			return true
		}
	}
	return false
}

func verbOf(in string, fn *ast.FuncDecl) verb {
	v := verb{name: in + "." + fn.Name.Name, actor: takes(fn, "buurtbel.Actor")}
	if r := receiver(fn); r != "" {
		v.name = in + "." + r + "." + fn.Name.Name
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := call.Fun.(type) {
		case *ast.Ident:
			v.calls = append(v.calls, f.Name)
		case *ast.SelectorExpr:
			v.asks = v.asks || f.Sel.Name == "May" || f.Sel.Name == "MayAppoint" || f.Sel.Name == "Zones"
			v.calls = append(v.calls, f.Sel.Name)
		}
		return true
	})
	return v
}

// asksThrough tells whether a function that is called asks, with the actor as an argument of its own.
func asksThrough(calls []string, bodies map[string]verb, depth int) bool {
	for _, name := range calls {
		if b, ok := bodies[name]; ok && b.actor && (b.asks || depth > 0 && asksThrough(b.calls, bodies, depth-1)) {
			return true
		}
	}
	return false
}
