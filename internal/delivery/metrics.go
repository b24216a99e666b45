package delivery

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/buurtbel/buurtbel"
)

// metrics count by channel, carrier and the closed lists of states and reasons: never by person.
type metrics struct {
	outcomes  *prometheus.CounterVec
	unsettled *prometheus.GaugeVec
	errors    prometheus.Counter
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "buurtbel_attempts_total",
			Help: "Attempts that were settled, by what became of them."}, []string{"channel", "carrier", "state", "reason"}),
		unsettled: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "buurtbel_unsettled_attempts",
			Help: "Attempts that were begun and have no recorded outcome."}, []string{"carrier"}),
		errors: prometheus.NewCounter(prometheus.CounterOpts{Name: "buurtbel_delivery_errors_total",
			Help: "Errors of the delivery loops. Each is in the log."}),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.outcomes, m.unsettled, m.errors} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) count(c buurtbel.Channel, carrier string, r *result) {
	state := r.Outcome.State
	if r.Withdrawn {
		state = buurtbel.Stopped
	}
	m.outcomes.WithLabelValues(string(c), carrier, string(state), string(r.Outcome.Reason)).Inc()
}
