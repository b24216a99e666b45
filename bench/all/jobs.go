package main

import (
	"strings"
	"time"
)

// job is one bench with its arguments. Its name is that of its result.
type job struct {
	name        string
	bench       string
	args        string // of both forms
	short, long string
	shortBound  time.Duration // after which it is given up
	longBound   time.Duration
	data        bool // needs -data
}

// arguments gives those of a form, and its bound.
func (j *job) arguments(long bool, data string) ([]string, time.Duration) {
	form, bound := j.short, j.shortBound
	if long {
		form, bound = j.long, j.longBound
	}
	list := append(strings.Fields(j.args), strings.Fields(form)...)
	if j.data {
		list = append(list, "-data", data)
	}
	return append(list, "-json"), bound
}

// onBoth makes a job for each engine.
func onBoth(j job) []job {
	lite, pg := j, j
	lite.name, lite.args = j.name+"-sqlite", j.args+" -engine sqlite"
	pg.name, pg.args = j.name+"-postgres", j.args+" -engine postgres"
	return []job{lite, pg}
}

const (
	minute = time.Minute
	little = 90 * time.Second
)

// jobs lists all of them, in the order in which they run.
func jobs() []job {
	var out []job
	for _, j := range []job{
		{name: "sms", bench: "sms", short: "-recipients 5000 -backlog 5000 -launches 10 -runs 1", longBound: 6 * minute},
		{name: "sms-npm", bench: "sms", args: "-sink npm", short: "-recipients 5000 -runs 1", longBound: 6 * minute},
		{name: "mail", bench: "mail", short: "-recipients 2000", longBound: 3 * minute},
		{name: "stop", bench: "stop", short: "-recipients 10000", longBound: 3 * minute},
		{name: "scale", bench: "scale", short: "-recipients 1000,10000 -runs 1", long: "-patience 40m", longBound: 41 * minute},
		{name: "failover", bench: "failover", short: "-recipients 5000 -ill 1s", longBound: 10 * minute},
		{name: "crash-kill", bench: "crash", short: "-points 5", long: "-points 200", longBound: 20 * minute},
		{name: "crash-term", bench: "crash", args: "-signal term", short: "-points 5", long: "-points 40", longBound: 10 * minute},
		{name: "crash-kill-fault", bench: "crash", args: "-fault", short: "-points 4 -recipients 1000", long: "-points 40", longBound: 15 * minute},
		{name: "crash-kill-control", bench: "crash", args: "-control", short: "-points 5", long: "-points 20", longBound: 5 * minute},
		{name: "crash-kill-push", bench: "crash", args: "-push", short: "-points 5", long: "-points 100", longBound: 10 * minute},
		{name: "crash-term-push", bench: "crash", args: "-push -signal term", short: "-points 5", long: "-points 40", longBound: 10 * minute},
		{name: "crash-kill-voice", bench: "crash", args: "-voice", short: "-points 1 -recipients 5", long: "-points 20 -recipients 60", longBound: 15 * minute},
		{name: "crash-term-voice", bench: "crash", args: "-voice -signal term", short: "-points 1 -recipients 5", long: "-points 10 -recipients 60", longBound: 10 * minute},
	} {
		out = append(out, onBoth(j)...)
	}
	out = append(out,
		job{name: "nodes-kill-postgres", bench: "nodes", short: "-rounds 1 -recipients 2000", longBound: 5 * minute},
		job{name: "nodes-rolling-postgres", bench: "nodes", args: "-case rolling", short: "-rounds 1 -recipients 2000", longBound: 5 * minute},
		job{name: "nodes-pgbouncer-postgres", bench: "nodes", args: "-case pgbouncer", short: "-rounds 1 -recipients 2000", longBound: 5 * minute},
		job{name: "nodes-patroni-postgres", bench: "nodes", args: "-case patroni", short: "-recipients 3000", longBound: 5 * minute},
		job{name: "voice-own", bench: "voice", short: "-calls 100 -length 5s", longBound: 2 * minute},
		job{name: "voice-sipp", bench: "voice", args: "-peer sipp", short: "-calls 50 -length 5s", long: "-calls 200 -length 15s", longBound: 2 * minute},
		job{name: "voice-sipp-both", bench: "voice", args: "-peer sipp-both", short: "-calls 50 -length 5s", long: "-calls 200 -length 15s -runs 3", longBound: 6 * minute},
		job{name: "listen-held", bench: "listen", short: "-runs 5", longBound: 10 * minute},
		job{name: "listen-tuning", bench: "listen", args: "-tuning", short: "-runs 5", longBound: 10 * minute},
		job{name: "listen-deaf-held", bench: "listen", args: "-deaf", short: "-runs 5", longBound: 10 * minute},
		job{name: "replies-held", bench: "replies", args: "-half held", longBound: 2 * minute},
	)
	out = append(out, onBoth(job{name: "real", bench: "real", short: "-members 300", longBound: 10 * minute, data: true})...)
	out = append(out, onBoth(job{name: "place", bench: "place", short: "-typed 2000", longBound: 6 * minute, data: true})...)
	for i := range out {
		out[i].shortBound = little
	}
	return out
}
