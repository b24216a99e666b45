package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// slot is one place in the Config that an environment variable can fill.
type slot struct {
	field *field
	path  string // of the table, such as "sms[0]"
	into  reflect.Value
	file  bool // the variable names the file with the secret
}

// environment applies the variables that begin with Prefix. A carrier's are named after it: BUURTBEL_SMS_<NAME>_PASSWORD.
func (l *loading) environment(env []string) {
	slots := l.slots()
	names := make([]string, 0, len(slots))
	for name := range slots {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, Prefix) || strings.HasPrefix(name, Prefix+"TEST_") || slices.Contains(Elsewhere, name) {
			continue
		}
		l.variable(name, value, slots, names)
	}
}

func (l *loading) variable(name, value string, slots map[string]slot, names []string) {
	place := Place{Variable: name}
	s, ok := slots[name]
	if !ok {
		lower := make([]string, len(names))
		for i, n := range names {
			lower[i] = strings.ToLower(strings.TrimPrefix(n, Prefix))
		}
		near := strings.ToUpper(nearest(strings.TrimPrefix(name, Prefix), lower))
		if near != "" {
			near = Prefix + near
		}
		l.unknown(place, name, near)
		return
	}
	if s.file {
		l.files = slices.DeleteFunc(l.files, func(f secretFile) bool { return f.name == s.path+"."+s.field.name })
		l.secretFrom(s.field, s.path, s.into, value, place)
		return
	}
	full := s.path + "." + s.field.name
	l.config.where[full] = place
	l.files = slices.DeleteFunc(l.files, func(f secretFile) bool { return f.name == full && f.place.Variable == "" })
	if key, args := s.field.setText(s.into.FieldByIndex(s.field.index), value); key != "" {
		l.say(place, full, key, args)
	}
}

// slots lists every variable that means something with this file.
func (l *loading) slots() map[string]slot {
	all := map[string]slot{}
	for _, s := range l.sections {
		if !s.repeated {
			s.slots(all, s.name, s.name, l.value(s))
			continue
		}
		if s.find("name") == nil {
			continue // a table of lines, which have no names: it is written in the file
		}
		list := l.value(s)
		for i := range list.Len() {
			one := list.Index(i)
			name := one.FieldByIndex(s.find("name").index).String()
			s.slots(all, s.name+"_"+name, s.name+"["+strconv.Itoa(i)+"]", one)
		}
	}
	return all
}

func (s *section) slots(all map[string]slot, prefix, path string, v reflect.Value) {
	for _, f := range s.fields {
		name := variable(prefix + "_" + f.name)
		all[name] = slot{field: f, path: path, into: v}
		if f.secret {
			all[name+"_FILE"] = slot{field: f, path: path, into: v, file: true}
		}
	}
}

// variable spells a key as the name of an environment variable.
func variable(path string) string {
	return Prefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(path))
}
