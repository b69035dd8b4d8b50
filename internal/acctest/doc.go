// Package acctest is what the tests of the provider share. Five words:
//
//   - [Env] is what one test works in: an emulator of its own, a clock, and a provider whose only way out leads there.
//     [New] makes one; nothing else does. Env.Run runs steps with a real CLI, by plugin-testing.
//   - [Provider] is a configured provider, driven over the protocol without a CLI: fast, and it shows warnings.
//     Env.NewProvider makes one. Each one is one run of Terraform.
//   - [Simulator] simulates Terraform's own part over several runs: refresh, replacement, taint, deposed instances.
//   - [Workspace] is a folder in which the real CLI runs: [NewWorkspace] with the built binary, which is built once for all
//     packages; [WorkspaceIn] and Workspace.Serve with a provider that this process serves, so that it has the test's clock.
//   - [Host] is an emulator, or with -live a real host, for the life-cycle tests, which see it through the API only.
//
// Which one to take: a rule of a plan or a message over the protocol, beside the code in internal/provider; what a user
// sees of a run with Env.Run in internal/tests/acceptance; signals, logs and files with a Workspace in
// internal/tests/binary.
//
// A test of what happens when somebody revokes a token by hand, over the protocol:
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
