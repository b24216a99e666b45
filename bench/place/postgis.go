package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"github.com/buurtbel/buurtbel"
	"github.com/buurtbel/buurtbel/bench/rig"
	"github.com/buurtbel/buurtbel/internal/store/storetest"
)

// postgis asks PostGIS the same questions about the same places and areas, with its own indexes, inside the server: no answer crosses a socket
// but the count.
func (g *ground) postgis(ctx context.Context, out *held) {
	address, err := storetest.NewDatabase(ctx)
	if err != nil {
		out.PostGIS = "no PostgreSQL server: " + err.Error()
		return
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		out.PostGIS = "cannot be reached: " + err.Error()
		return
	}
	defer func() {
		if err := db.Close(); err != nil {
			out.PostGIS += ": " + err.Error()
		}
	}()
	if err := db.QueryRowContext(ctx, `select default_version from pg_available_extensions where name = 'postgis'`).Scan(&out.PostGIS); err != nil {
		out.PostGIS = "not installed (apt-get install postgresql-15-postgis-3)"
		return
	}
	if err := g.ask(ctx, db, out); err != nil {
		out.PostGIS += ": " + err.Error()
		return
	}
	out.Found.Ratio = three(out.Points / out.GISPoints)
}

func (g *ground) ask(ctx context.Context, db *sql.DB, out *held) error {
	for _, q := range []string{`create extension postgis`, `create table area (id bigint, g geometry(geometry, 4326))`, `create table spot (id bigint, g geometry(point, 4326))`} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("make tables: %w", err)
		}
	}
	for i, n := range g.networks {
		if _, err := db.ExecContext(ctx, `insert into area values ($1, ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON($2), 4326)))`, i+1, shape(n.Area)); err != nil {
			return fmt.Errorf("store an area: %w", err)
		}
	}
	const slice = 50_000
	for from := 0; from < len(g.spots); from += slice {
		part := g.spots[from:min(from+slice, len(g.spots))]
		lats, lons := make([]float64, len(part)), make([]float64, len(part))
		for i, p := range part {
			lats[i], lons[i] = p.Lat, p.Lon
		}
		if _, err := db.ExecContext(ctx, `insert into spot select $3 + ordinality, ST_SetSRID(ST_MakePoint(lon, lat), 4326)
			from unnest($1::float8[], $2::float8[]) with ordinality as u(lat, lon, ordinality)`, lats, lons, from); err != nil {
			return fmt.Errorf("store places: %w", err)
		}
	}
	for _, q := range []string{`create index on area using gist (g)`, `create index on spot using gist (g)`, `vacuum analyze area`, `vacuum analyze spot`, `set max_parallel_workers_per_gather = 0`} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("make indexes: %w", err)
		}
	}
	return g.timed(ctx, db, out)
}

// timed asks on one connection, in one process of the server, as ours is one goroutine.
func (g *ground) timed(ctx context.Context, db *sql.DB, out *held) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `set max_parallel_workers_per_gather = 0`); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	const asked = 200_000
	began, n := time.Now(), 0
	if err := conn.QueryRowContext(ctx, `select count(*) from (select g from spot where id <= $1) s join area a on ST_Contains(a.g, s.g)`, asked).Scan(&n); err != nil {
		return fmt.Errorf("places in areas: %w", err)
	}
	out.GISPoints = rig.Round(asked / time.Since(began).Seconds())
	var times []float64
	for _, area := range g.drawn[:100] {
		began := time.Now()
		if err := conn.QueryRowContext(ctx, `select count(*) from spot where ST_Contains(ST_SetSRID(ST_GeomFromGeoJSON($1), 4326), g)`, shape(area)).Scan(&n); err != nil {
			return fmt.Errorf("members of an area: %w", err)
		}
		times = append(times, float64(time.Since(began).Nanoseconds())/1e6)
	}
	out.GISPolygon = three(rig.Quantile(times, 1))
	return nil
}

// shape writes an area as GeoJSON.
func shape(a buurtbel.Area) string {
	coordinates := make([][][][2]float64, len(a))
	for i, polygon := range a {
		for _, ring := range polygon {
			var line [][2]float64
			for _, p := range ring {
				line = append(line, [2]float64{p.Lon, p.Lat})
			}
			if len(line) > 0 && line[0] != line[len(line)-1] {
				line = append(line, line[0])
			}
			coordinates[i] = append(coordinates[i], line)
		}
	}
	b, err := json.Marshal(map[string]any{"type": "MultiPolygon", "coordinates": coordinates})
	if err != nil {
		return "" // numbers can always be written
	}
	return string(b)
}
