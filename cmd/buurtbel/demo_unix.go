//go:build unix

package main

import "syscall"

// apart keeps Ctrl-C from the outside world: it must live until the program has recorded its last answers, and ends with its stdin.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
