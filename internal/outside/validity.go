package outside

import "time"

// validitySeconds reads a validity_period (SMPP 3.4 section 7.1.1), relative ("000000001000000R") or absolute with its quarter hours from UTC,
// as seconds after at (ns since 1970). 0: none, in the past, or not readable.
func validitySeconds(b []byte, at int64) uint32 {
	if len(b) != 16 {
		return 0
	}
	var v [6]int // years, months, days, hours, minutes, seconds
	for i := range v {
		hi, lo := b[2*i]-'0', b[2*i+1]-'0'
		if hi > 9 || lo > 9 {
			return 0
		}
		v[i] = int(hi)*10 + int(lo)
	}
	arrived := time.Unix(0, at).UTC()
	var end time.Time
	switch b[15] {
	case 'R':
		end = arrived.AddDate(v[0], v[1], v[2]).Add(time.Duration(v[3])*time.Hour + time.Duration(v[4])*time.Minute + time.Duration(v[5])*time.Second)
	case '+', '-':
		quarters := time.Duration(b[13]-'0')*10 + time.Duration(b[14]-'0')
		if b[15] == '+' {
			quarters = -quarters
		}
		end = time.Date(2000+v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, time.UTC).Add(quarters * 15 * time.Minute)
	default:
		return 0
	}
	return uint32(max(0, min(end.Sub(arrived), 1<<31*time.Second)).Round(time.Second) / time.Second)
}
