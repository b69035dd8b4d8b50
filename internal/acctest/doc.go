// Package acctest is the harness that the provider's tests share. Its five words:
//
//   - [Env] is the environment of one test: its own emulator, a clock, and a provider that can reach only this emulator.
//     Only [New] makes one. Env.Run runs steps with a real CLI, by plugin-testing.
//   - [Provider] is a configured provider, driven over the protocol without a CLI: fast, and it shows warnings.
//     Env.NewProvider makes one. Each is one run of Terraform.
//   - [Simulator] simulates Terraform's own part over several runs: refresh, replacement, taint, deposed instances.
//   - [Workspace] is a folder in which the real CLI runs: [NewWorkspace] with the built binary, which is built once for all
//     packages; [WorkspaceIn] and Workspace.Serve with a provider that this process serves, so that it has the test's clock.
//   - [Host] is an emulator, or with -live a real host, for the life-cycle tests, which use only its API.
//
// Which one to use: for a rule of a plan or a message, a Provider, beside the code in internal/provider; for what a user sees
// of a run, Env.Run, in internal/tests/acceptance; for signals, logs and files, a Workspace, in internal/tests/binary.
//
// A test over the protocol, in which a token is revoked outside Terraform:
//
//	func TestToken_revokedOutside_isReplaced(t *testing.T) {
//		t.Parallel()
//		e := acctest.New(t)
//		created := e.NewProvider().Create(acctest.Basic)
//		e.Must(e.Emulator.RevokeToken(created.Text("id")))
//		p, read := e.Refreshed(created) // another run: it reads first
//		if plan := p.Plan(read, acctest.Basic); !plan.Replace {
//			t.Errorf("not replaced: %s", acctest.Errors(plan.Diagnostics))
//		}
//	}
//
// The same with a real CLI:
//
//	e.Run(
//		resource.TestStep{Config: e.Config(acctest.OneToken)},
//		resource.TestStep{
//			PreConfig:        func() { e.Must(e.Emulator.RevokeToken(e.OnlyToken().ID)) },
//			Config:           e.Config(acctest.OneToken),
//			ConfigPlanChecks: acctest.PreApply(acctest.Actions("delete", "create"), acctest.ForcedBy("status")),
//		},
//	)
//
// After each step that applies, Run checks that Terraform and the emulator have the same active tokens, and that each
// secret in state works.
package acctest
