//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C on the terminal from a child: the demo interrupts its children itself, in order and once each.
// Terraform takes a second interrupt as "stop at once" and would leave its plugin running.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
