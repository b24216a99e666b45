//go:build unix

package speech

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// apart gives the program a process group of its own, so that a cancelled one takes its children along.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
}
