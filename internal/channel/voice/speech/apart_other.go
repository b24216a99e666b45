//go:build !unix

package speech

import "os/exec"

// apart does nothing where there are no process groups: the program itself is killed.
func apart(*exec.Cmd) {}
