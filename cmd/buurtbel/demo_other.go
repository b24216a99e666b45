//go:build !unix

package main

import "syscall"

// apart changes nothing where there are no process groups: Ctrl-C then ends the outside world at once.
func apart() *syscall.SysProcAttr { return nil }
