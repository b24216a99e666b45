package port_test

import (
	"net"
	"strconv"
	"sync"
	"testing"

	"github.com/buurtbel/buurtbel/internal/port"
)

// TestNoPortIsGivenTwice asks from eight sides at once, for runs of ports of several lengths.
func TestNoPortIsGivenTwice(t *testing.T) {
	var mu sync.Mutex
	given := map[int]bool{}
	var asking sync.WaitGroup
	for n := 1; n <= 8; n++ {
		asking.Go(func() {
			for range 20 {
				from, err := port.Free(n)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for p := from; p < from+n; p++ {
					if given[p] || p < port.First || p >= port.End {
						t.Errorf("port %d is given twice, or is none of ours", p)
					}
					given[p] = true
				}
				mu.Unlock()
			}
		})
	}
	asking.Wait()
}

// TestWhatIsTakenIsNotGiven holds a port by UDP alone: a run that has it is not given.
func TestWhatIsTakenIsNotGiven(t *testing.T) {
	from, err := port.Free(3)
	if err != nil {
		t.Fatal(err)
	}
	taken := from + 6 // in the middle of the run after the next
	c, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.1", strconv.Itoa(taken)))
	if err != nil {
		t.Skip("somebody else has the port:", err)
	}
	defer c.Close()
	for range 3 {
		got, err := port.Free(3)
		if err != nil {
			t.Fatal(err)
		}
		if got <= taken && taken < got+3 {
			t.Errorf("the run from %d has the taken port %d", got, taken)
		}
	}
}
