package tokens

import (
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// maxStatus is how much of a status that the contract does not know is shown.
const maxStatus = 60

// StatusOf is a token's status in Terraform's words. A status that the contract does not know comes out in the same form.
func StatusOf(t api.ServiceUserToken) Status { return StatusWord(t.Status) }

// StatusWord turns the contract's status into Terraform's.
func StatusWord(s api.Status) Status {
	return Status(strings.ToLower(api.Printable(strings.TrimPrefix(string(s), "TOKEN_STATUS_"), maxStatus)))
}
