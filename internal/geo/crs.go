package geo

import (
	"math"

	"github.com/buurtbel/buurtbel"
)

// CRS is a coordinate system: "EPSG:…".
type CRS string

// The coordinate systems that are read.
const (
	WGS84       CRS = "EPSG:4326"
	Lambert72   CRS = "EPSG:31370" // Belgium, metres
	Lambert2008 CRS = "EPSG:3812"  // Belgium, metres
	RD          CRS = "EPSG:28992" // Netherlands, metres
)

// ToWGS84 turns x (east) and y (north) of a system into a point. Lambert 72 is exact to the national seven-parameter shift (a metre or
// so on the ground), Lambert 2008 to a millimetre, RD to a quarter of a metre. ok is false for a system it does not know or a place
// outside the system's country, with a wide margin.
func (c CRS) ToWGS84(x, y float64) (p buurtbel.Point, ok bool) {
	switch c {
	case WGS84:
		p = buurtbel.Point{Lat: y, Lon: x}
		return p, math.Abs(y) <= 90 && math.Abs(x) <= 180
	case Lambert72:
		lat, lon := lambert72.inverse(x, y)
		p = shift(lat, lon, international, wgs84, belgium)
	case Lambert2008:
		lat, lon := lambert2008.inverse(x, y)
		p = degrees(lat, lon)
	case RD:
		p = rdInverse(x, y)
	default:
		return buurtbel.Point{}, false
	}
	return p, p.Lat > 48 && p.Lat < 55 && p.Lon > 1 && p.Lon < 9
}

// FromWGS84 is the inverse of ToWGS84.
func (c CRS) FromWGS84(p buurtbel.Point) (x, y float64, ok bool) {
	if c != WGS84 && (p.Lat < 48 || p.Lat > 55 || p.Lon < 1 || p.Lon > 9) {
		return 0, 0, false
	}
	switch c {
	case WGS84:
		return p.Lon, p.Lat, true
	case Lambert72:
		q := shift(p.Lat*rad, p.Lon*rad, wgs84, international, belgium.reversed())
		x, y = lambert72.forward(q.Lat*rad, q.Lon*rad)
	case Lambert2008:
		x, y = lambert2008.forward(p.Lat*rad, p.Lon*rad)
	case RD:
		x, y = rdForward(p)
	default:
		return 0, 0, false
	}
	return x, y, true
}

const rad = math.Pi / 180

func degrees(lat, lon float64) buurtbel.Point {
	return buurtbel.Point{Lat: lat / rad, Lon: lon / rad}
}

// ellipsoid by its half axis in metres and its eccentricity squared.
type ellipsoid struct{ a, e2 float64 }

func flattened(a, inverse float64) ellipsoid {
	f := 1 / inverse
	return ellipsoid{a: a, e2: f * (2 - f)}
}

var (
	wgs84         = flattened(6378137, 298.257223563)
	grs80         = flattened(6378137, 298.257222101)
	international = flattened(6378388, 297) // Hayford 1924
)

// conic is a Lambert conformal conic projection with two standard parallels (EPSG guidance note 7-2, method 9802).
type conic struct {
	ellipsoid
	n, f, rho0, lon0, x0, y0 float64
}

func newConic(e ellipsoid, lat0, lon0, lat1, lat2, x0, y0 float64) conic {
	c := conic{ellipsoid: e, lon0: lon0 * rad, x0: x0, y0: y0}
	m1, m2, t1, t2 := c.m(lat1*rad), c.m(lat2*rad), c.t(lat1*rad), c.t(lat2*rad)
	c.n = (math.Log(m1) - math.Log(m2)) / (math.Log(t1) - math.Log(t2))
	c.f = m1 / (c.n * math.Pow(t1, c.n))
	if lat0 < 90 {
		c.rho0 = c.a * c.f * math.Pow(c.t(lat0*rad), c.n)
	}
	return c
}

var (
	lambert72   = newConic(international, 90, 4.367486666666666, 51.16666723333333, 49.8333339, 150000.013, 5400088.438)
	lambert2008 = newConic(grs80, 50.797815, 4.359215833333333, 49.83333333333334, 51.16666666666666, 649328, 665262)
)

func (e ellipsoid) m(lat float64) float64 {
	s := math.Sin(lat)
	return math.Cos(lat) / math.Sqrt(1-e.e2*s*s)
}

func (e ellipsoid) t(lat float64) float64 {
	k := math.Sqrt(e.e2)
	s := k * math.Sin(lat)
	return math.Tan(math.Pi/4-lat/2) / math.Pow((1-s)/(1+s), k/2)
}

func (c conic) forward(lat, lon float64) (x, y float64) {
	rho := c.a * c.f * math.Pow(c.t(lat), c.n)
	theta := c.n * (lon - c.lon0)
	return c.x0 + rho*math.Sin(theta), c.y0 + c.rho0 - rho*math.Cos(theta)
}

func (c conic) inverse(x, y float64) (lat, lon float64) {
	dx, dy := x-c.x0, c.rho0-(y-c.y0)
	t := math.Pow(math.Hypot(dx, dy)/(c.a*c.f), 1/c.n)
	k := math.Sqrt(c.e2)
	lat = math.Pi/2 - 2*math.Atan(t)
	for range 8 { // converges to a nanometre in five
		s := k * math.Sin(lat)
		lat = math.Pi/2 - 2*math.Atan(t*math.Pow((1-s)/(1+s), k/2))
	}
	return lat, math.Atan2(dx, dy)/c.n + c.lon0
}

// helmert holds seven parameters: metres, radians (position vector convention), scale.
type helmert struct{ tx, ty, tz, rx, ry, rz, s float64 }

const arcSecond = rad / 3600

// belgium is the shift from Belgian Datum 1972 to WGS 84 (EPSG transformation 15929).
var belgium = helmert{-106.8686, 52.2978, -103.7239, 0.3366 * arcSecond, -0.457 * arcSecond, 1.8422 * arcSecond, -1.2747e-6}

// reversed is exact to less than a millimetre for rotations this small.
func (h helmert) reversed() helmert {
	return helmert{-h.tx, -h.ty, -h.tz, -h.rx, -h.ry, -h.rz, -h.s}
}

// shift moves a place from one datum to another by way of earth-centred coordinates at height 0.
func shift(lat, lon float64, from, to ellipsoid, h helmert) buurtbel.Point {
	v := from.a / math.Sqrt(1-from.e2*math.Pow(math.Sin(lat), 2))
	x, y, z := v*math.Cos(lat)*math.Cos(lon), v*math.Cos(lat)*math.Sin(lon), v*(1-from.e2)*math.Sin(lat)
	x2 := h.tx + (1+h.s)*(x-h.rz*y+h.ry*z)
	y2 := h.ty + (1+h.s)*(h.rz*x+y-h.rx*z)
	z2 := h.tz + (1+h.s)*(-h.ry*x+h.rx*y+z)
	p := math.Hypot(x2, y2)
	out := math.Atan2(z2, p*(1-to.e2))
	for range 6 {
		s := math.Sin(out)
		out = math.Atan2(z2+to.e2*to.a/math.Sqrt(1-to.e2*s*s)*s, p)
	}
	return degrees(out, math.Atan2(y2, x2))
}

// term is a coefficient of the polynomials between RD and WGS 84 (Schreutelkamp and Strang van Hees, 2001).
type term struct {
	p, q int
	k    float64
}

var (
	rdLat = []term{{0, 1, 3235.65389}, {2, 0, -32.58297}, {0, 2, -0.24750}, {2, 1, -0.84978}, {0, 3, -0.06550}, {2, 2, -0.01709}, {1, 0, -0.00738}, {4, 0, 0.00530}, {2, 3, -0.00039}, {4, 1, 0.00033}, {1, 1, -0.00012}}
	rdLon = []term{{1, 0, 5260.52916}, {1, 1, 105.94684}, {1, 2, 2.45656}, {3, 0, -0.81885}, {1, 3, 0.05594}, {3, 1, -0.05607}, {0, 1, 0.01199}, {3, 2, -0.00256}, {1, 4, 0.00128}, {0, 2, 0.00022}, {2, 0, -0.00022}, {5, 0, 0.00026}}
	rdX   = []term{{0, 1, 190094.945}, {1, 1, -11832.228}, {2, 1, -114.221}, {0, 3, -32.391}, {1, 0, -0.705}, {3, 1, -2.340}, {1, 3, -0.608}, {0, 2, -0.008}, {2, 3, 0.148}}
	rdY   = []term{{1, 0, 309056.544}, {0, 2, 3638.893}, {2, 0, 73.077}, {1, 2, -157.984}, {3, 0, 59.788}, {0, 1, 0.433}, {2, 2, -6.439}, {1, 1, -0.032}, {0, 4, 0.092}, {1, 4, -0.054}}
)

const rdLat0, rdLon0, rdX0, rdY0 = 52.15517440, 5.38720621, 155000.0, 463000.0 // Amersfoort

func polynomial(terms []term, a, b float64) float64 {
	sum := 0.0
	for _, t := range terms {
		sum += t.k * math.Pow(a, float64(t.p)) * math.Pow(b, float64(t.q))
	}
	return sum
}

func rdInverse(x, y float64) buurtbel.Point {
	a, b := (x-rdX0)*1e-5, (y-rdY0)*1e-5
	return buurtbel.Point{Lat: rdLat0 + polynomial(rdLat, a, b)/3600, Lon: rdLon0 + polynomial(rdLon, a, b)/3600}
}

func rdForward(p buurtbel.Point) (x, y float64) {
	a, b := 0.36*(p.Lat-rdLat0), 0.36*(p.Lon-rdLon0)
	return rdX0 + polynomial(rdX, a, b), rdY0 + polynomial(rdY, a, b)
}
