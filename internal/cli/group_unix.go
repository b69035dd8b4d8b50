//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C on the terminal from a child, which Folder.Command interrupts itself, and once.
// Terraform takes a second interrupt as "stop at once" and would leave its plugins running.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
