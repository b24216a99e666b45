package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/buurtbel/buurtbel"
)

// Keys of the sentences that say what a value should have been.
const (
	wantText     = "error.config.want-text"
	wantWhole    = "error.config.want-whole-number"
	wantNumber   = "error.config.want-number"
	wantYesNo    = "error.config.want-yes-no"
	wantDuration = "error.config.want-duration"
	wantSize     = "error.config.want-size"
	wantList     = "error.config.want-list"
	wantOneOf    = "error.config.want-one-of"
	wantAtLeast  = "error.config.want-at-least"
	wantAtMost   = "error.config.want-at-most"
	wantOther    = "error.config.want-other"
)

// set puts a value of the TOML file into v. On failure it gives the key of a sentence and its arguments, and never the value:
// it may be a secret.
func (f *field) set(v reflect.Value, value any) (key string, args buurtbel.Args) {
	switch value := value.(type) {
	case string:
		if f.kind.Kind() == reflect.Slice {
			return wantList, nil
		}
		if isNumber(f.kind) && f.kind != durationType && f.unit != "bytes" || f.kind.Kind() == reflect.Bool {
			return f.wanted(), nil // "8" in quotes is a text
		}
		return f.setText(v, value)
	case bool, int64, float64:
		_, whole := value.(int64)
		_, yes := value.(bool)
		fits := yes && f.kind.Kind() == reflect.Bool || !yes && isNumber(f.kind) && f.kind != durationType && (whole || f.kind.Kind() == reflect.Float64)
		if !fits {
			return f.wanted(), nil
		}
		return f.setText(v, fmt.Sprint(value))
	case []any:
		return f.setList(v, value)
	}
	return f.wanted(), nil
}

func (f *field) setList(v reflect.Value, values []any) (string, buurtbel.Args) {
	if f.kind.Kind() != reflect.Slice {
		return f.wanted(), nil
	}
	list := reflect.MakeSlice(f.kind, 0, len(values))
	for _, one := range values {
		s, ok := one.(string)
		if !ok {
			return wantList, nil
		}
		list = reflect.Append(list, reflect.ValueOf(s).Convert(f.kind.Elem()))
	}
	v.Set(list)
	return "", nil
}

// setText puts a text, as in a default or the environment, into v.
func (f *field) setText(v reflect.Value, s string) (string, buurtbel.Args) {
	if key := parseInto(v, s, f.unit); key != "" {
		return key, nil
	}
	key, args := f.bounds(v, s)
	if key != "" {
		v.SetZero() // so that no later rule complains about the same value
	}
	return key, args
}

func (f *field) bounds(v reflect.Value, s string) (string, buurtbel.Args) {
	if len(f.oneof) > 0 && !contains(f.oneof, s) {
		return wantOneOf, buurtbel.Args{"Choices": strings.Join(f.oneof, ", ")}
	}
	if f.min != "" && asFloat(v) < f.limit(f.min) {
		return wantAtLeast, buurtbel.Args{"Limit": f.min}
	}
	if f.max != "" && asFloat(v) > f.limit(f.max) {
		return wantAtMost, buurtbel.Args{"Limit": f.max}
	}
	return "", nil
}

// limit reads min or max in the field's own unit.
func (f *field) limit(s string) float64 {
	v := reflect.New(f.kind).Elem()
	if parseInto(v, s, f.unit) != "" {
		return math.NaN() // compares as neither below nor above; TestSchema refuses such a tag
	}
	return asFloat(v)
}

func parseInto(v reflect.Value, s, unit string) (key string) {
	if v.Kind() == reflect.Pointer { // a key that may be left out
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if t.UnmarshalText([]byte(s)) != nil {
			return wantOther
		}
		return ""
	}
	switch {
	case v.Type() == durationType:
		d, ok := parseDuration(s)
		v.SetInt(int64(d))
		return unless(ok, wantDuration)
	case unit == "bytes":
		n, ok := parseSize(s)
		ok = ok && !v.OverflowInt(n)
		if ok {
			v.SetInt(n)
		}
		return unless(ok, wantSize)
	}
	return parsePlain(v, s)
}

func parsePlain(v reflect.Value, s string) (key string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		b, err := strconv.ParseBool(s)
		v.SetBool(b)
		return unless(err == nil, wantYesNo)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		v.SetInt(n)
		return unless(err == nil, wantWhole)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(s, 10, v.Type().Bits())
		v.SetUint(n)
		return unless(err == nil, wantWhole)
	case reflect.Float64:
		n, err := strconv.ParseFloat(s, 64)
		v.SetFloat(n)
		return unless(err == nil && !math.IsNaN(n) && !math.IsInf(n, 0), wantNumber)
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), 0, 4)
		for one := range strings.SplitSeq(s, ",") {
			if one = strings.TrimSpace(one); one != "" {
				list = reflect.Append(list, reflect.ValueOf(one).Convert(v.Type().Elem()))
			}
		}
		v.Set(list)
	default:
		return wantOther
	}
	return ""
}

// wanted names what a value of the field's type should have been.
func (f *field) wanted() string {
	switch {
	case f.kind == durationType:
		return wantDuration
	case f.unit == "bytes":
		return wantSize
	case len(f.oneof) > 0:
		return wantText
	}
	switch f.kind.Kind() {
	case reflect.Bool:
		return wantYesNo
	case reflect.Slice:
		return wantList
	case reflect.Float64:
		return wantNumber
	case reflect.String:
		return wantText
	}
	if isNumber(f.kind) {
		return wantWhole
	}
	return wantOther
}

func isNumber(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 && t.Kind() != reflect.Uintptr
}

func asFloat(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	case v.CanFloat():
		return v.Float()
	}
	return math.NaN()
}

// parseDuration reads what time.ParseDuration reads, and days as in "400d".
func parseDuration(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 64)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n <= 100_000
	}
	d, err := time.ParseDuration(s)
	return d, err == nil
}

func writeDuration(d time.Duration) string {
	switch {
	case d != 0 && d%(24*time.Hour) == 0:
		return strconv.FormatInt(int64(d/(24*time.Hour)), 10) + "d"
	case d != 0 && d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d != 0 && d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return d.String()
}

var sizes = []struct {
	suffix string
	bytes  int64
}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}

// parseSize reads a number of bytes such as "20 MB", "512KiB" or "1000".
func parseSize(s string) (int64, bool) {
	for _, unit := range sizes {
		digits, ok := strings.CutSuffix(s, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		return n * unit.bytes, err == nil && n >= 0 && n <= math.MaxInt64/unit.bytes
	}
	return 0, false
}

func unless(ok bool, key string) string {
	if ok {
		return ""
	}
	return key
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}
