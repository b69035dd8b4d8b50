package tokens

import (
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// maxStatus is how many characters are shown of a status that the contract does not have.
const maxStatus = 60

// StatusOf returns a token's status as Terraform shows it.
func StatusOf(t api.ServiceUserToken) Status { return StatusWord(t.Status) }

// StatusWord returns a status as Terraform shows it: TOKEN_STATUS_ACTIVE becomes active, and an unknown status takes the same
// form.
func StatusWord(s api.Status) Status {
	return Status(strings.ToLower(api.Printable(strings.TrimPrefix(string(s), "TOKEN_STATUS_"), maxStatus)))
}
