// Package port finds ports of this machine for programs that must be told where to listen: peers of tests and benches, and the program itself where
// its own address stands in its configuration.
//
// A port that the system hands out (port 0) and that is closed again may be anybody's a moment later: the next connection out can get it. The ports
// here lie below those that the system hands out, and none is given twice in one process. Nothing is held: another program may still take a port that
// it was told to take. The package is not for what is shipped: there an administrator says where to listen.
package port

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
)

// First and End bound the ports that Free gives: above those of common services, below 32768, from which on Linux hands out its own (ip(7),
// ip_local_port_range).
const (
	First = 15000
	End   = 32000
)

// next is where to look next, counted from First. It begins anywhere, so that processes that start together do not meet.
var next atomic.Uint64

func init() { next.Store(rand.Uint64N(End - First)) }

// Free gives the first of n ports of 127.0.0.1 that follow each other and are free for TCP and UDP. Errors: nothing is free.
func Free(n int) (int, error) {
	for range 1000 {
		from := First + int((next.Add(uint64(n))-uint64(n))%uint64(End-First-n))
		if free(from, n) {
			return from, nil
		}
	}
	return 0, fmt.Errorf("no %d free ports between %d and %d", n, First, End)
}

// FreeAddress gives an address of 127.0.0.1 at which nothing listens.
func FreeAddress() (string, error) {
	p, err := Free(1)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(p)), err
}

func free(from, n int) bool {
	for p := from; p < from+n; p++ {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(p))
		l, err := net.Listen("tcp", address)
		if err != nil {
			return false
		}
		c, err := net.ListenPacket("udp", address)
		if err != nil {
			l.Close()
			return false
		}
		if errors.Join(l.Close(), c.Close()) != nil {
			return false
		}
	}
	return true
}
