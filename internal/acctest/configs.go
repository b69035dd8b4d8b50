package acctest

// OneToken is a configuration of one token named t.
const OneToken = `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
}`

// The examples for which TestAccExamples does more than apply them.
const (
	ListExample   = "list-resources/safetyculture_service_user_token"
	RevokeExample = "actions/safetyculture_revoke_service_user_token"
	FailedExample = "failed-deployment"
)

// NewerExamples need a newer CLI than the oldest supported one.
var NewerExamples = map[string]Capability{
	"import-by-identity": NeedsIdentity,
	ListExample:          NeedsQuery,
	RevokeExample:        NeedsActions,
	FailedExample:        NeedsDestroyEvents,
}

// EphemeralList configures a second provider instance with an ephemeral token, and lists with it.
const EphemeralList = `ephemeral "safetyculture_service_user_token" "run" {
  name            = "run"
  all_permissions = true
}
provider "safetyculture" {
  alias     = "run"
  api_token = ephemeral.safetyculture_service_user_token.run.token
}
data "safetyculture_service_user_tokens" "all" {
  provider = safetyculture.run
}
`

// EphemeralRun creates a token, and opens an ephemeral one.
const EphemeralRun = EphemeralList + `resource "safetyculture_service_user_token" "made" {
  provider        = safetyculture.run
  name            = "made by the run"
  all_permissions = true
}`
