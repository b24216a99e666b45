package buurtbel

import "time"

// Urgency says how much an alert may disturb (rule 1).
type Urgency string

// The urgencies.
const (
	Life Urgency = "life" // a missing child, an evacuation
	Now  Urgency = "now"  // flagrante delicto
	Soon Urgency = "soon" // can wait until the morning
)

// Urgencies lists the urgencies, the most urgent first.
var Urgencies = []Urgency{Life, Now, Soon}

// Priority is the dispatcher's own grade of a call, 1 the highest.
type Priority int

// The priorities.
const (
	PriorityHighest Priority = 1
	PriorityHigh    Priority = 2
	PriorityLow     Priority = 3
)

// Fact names what happened, such as "burglary-in-progress". Facts are rows of the plan, so a zone may add its own.
type Fact string

// Plan is the communication plan of a zone as executable policy: which fact, at which priority, may launch an alert by day and by night.
type Plan struct {
	Version int        `json:"version"` // counts from 1; an alert keeps the version it was launched under
	Rules   []PlanRule `json:"rules"`

	Bulletins BulletinPlan `json:"bulletins,omitzero"` // what can wait: who relays it, and until when
}

// PlanRule is one row of the plan.
type PlanRule struct {
	Fact    Fact     `json:"fact"`
	Urgency Urgency  `json:"urgency"`
	Day     Priority `json:"day"`   // launched by day at this priority or higher; 0: never by day
	Night   Priority `json:"night"` // the same by night
}

// DefaultPlan is what a zone starts with: by night only what cannot wait.
var DefaultPlan = Plan{Version: 1, Rules: []PlanRule{
	{Fact: "missing-child", Urgency: Life, Day: 3, Night: 3},
	{Fact: "evacuation", Urgency: Life, Day: 3, Night: 3},
	{Fact: "fire-smoke", Urgency: Life, Day: 3, Night: 2},
	{Fact: "hazardous-substance", Urgency: Life, Day: 3, Night: 3},
	{Fact: "missing-adult", Urgency: Now, Day: 3, Night: 2},
	{Fact: "burglary-in-progress", Urgency: Now, Day: 3, Night: 2},
	{Fact: "robbery", Urgency: Now, Day: 3, Night: 2},
	{Fact: "vandalism-in-progress", Urgency: Now, Day: 2, Night: 0},
	{Fact: "shoplifters-active", Urgency: Now, Day: 3, Night: 0},
	{Fact: "ram-raid", Urgency: Now, Day: 3, Night: 2},
	{Fact: "burglary", Urgency: Soon, Day: 2, Night: 0},
	{Fact: "suspicious-vehicle", Urgency: Soon, Day: 2, Night: 0},
	{Fact: "suspicious-persons", Urgency: Soon, Day: 2, Night: 0},
	{Fact: "fraudsters-at-door", Urgency: Soon, Day: 3, Night: 0},
	{Fact: "phone-fraud", Urgency: Soon, Day: 3, Night: 0},
	{Fact: "counterfeit-money", Urgency: Soon, Day: 3, Night: 0},
	{Fact: "storm-flood", Urgency: Soon, Day: 3, Night: 1},
	{Fact: "road-blocked", Urgency: Soon, Day: 2, Night: 0},
	{Fact: "witness-call", Urgency: Soon, Day: 3, Night: 0},
	{Fact: "other", Urgency: Soon, Day: 1, Night: 1},
}}

// Rule gives the plan's row for a fact; ok is false when the plan does not name it.
func (p Plan) Rule(f Fact) (rule PlanRule, ok bool) {
	for _, r := range p.Rules {
		if r.Fact == f {
			return r, true
		}
	}
	return PlanRule{}, false
}

// OnPlan tells whether the plan lets a fact at a priority launch an alert at local time at, given the zone's night.
// Departing from the plan is not forbidden: it asks a written reason (rule 1).
func (p Plan) OnPlan(f Fact, priority Priority, at time.Time, night Hours) bool {
	rule, ok := p.Rule(f)
	if !ok || priority < PriorityHighest {
		return false
	}
	limit := rule.Day
	if night.Contains(minuteOf(at)) {
		limit = rule.Night
	}
	return priority <= limit
}

// UrgencyOf gives the urgency of a fact; a fact that the plan does not name is Soon.
func (p Plan) UrgencyOf(f Fact) Urgency {
	if rule, ok := p.Rule(f); ok {
		return rule.Urgency
	}
	return Soon
}
