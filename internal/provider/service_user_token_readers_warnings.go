package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// warnOfReaders says who will be able to read a new secret, if they are others than those of the one in state. Readers that
// have waited for it are in state already, so the form of the secret in state counts too.
func (m *serviceUserTokenModel) warnOfReaders(state serviceUserTokenModel, diags *diag.Diagnostics) {
	if m.planFrom(state).ChangesReaders() || m.knowsReaders() != nil || state.hasSecret() && !m.hasFormOf(state) {
		diags.AddWarning(fmt.Sprintf("Token %s will have other readers", quoted(state.Name.ValueString())), m.nextReaders(state))
	}
}

// hasFormOf reports whether the secret that state holds is in the attributes, and under the labels, that these readers mean.
func (m *serviceUserTokenModel) hasFormOf(state serviceUserTokenModel) bool {
	boxKeys, boxes := m.SealedBoxPublicKeys.Elements(), state.SealedBoxTokens.Elements()
	encrypted := !m.AgeRecipients.IsNull() || len(boxKeys) > 0
	return encrypted == (state.Token.ValueString() == "") && m.AgeRecipients.IsNull() == (state.EncryptedToken.ValueString() == "") &&
		slices.Equal(slices.Sorted(maps.Keys(boxKeys)), slices.Sorted(maps.Keys(boxes)))
}

// nextReaders says who will be able to read the next secret, and what becomes of token.
func (m *serviceUserTokenModel) nextReaders(state serviceUserTokenModel) string {
	who, _ := m.readers() // of keys that cannot be used, there is an error
	keys := who.AgeFingerprints()
	boxes := who.BoxFingerprints()
	for _, label := range slices.Sorted(maps.Keys(boxes)) {
		keys = append(keys, fmt.Sprintf("%s (%s)", boxes[label], quoted(label)))
	}
	var text string
	list := "\n  - " + strings.Join(keys, "\n  - ")
	switch known := m.knowsReaders() == nil; {
	case !known && len(keys) == 0:
		return "Who can read its next secret is known only after apply."
	case !known:
		text = "Who has the private key of one of these can read its next secret. Other keys are known only after apply:" + list
	case len(keys) == 0:
		return "Its next secret will be in state in clear: everybody who can read the state can read it."
	default:
		text = "Only who has the private key of one of these can read its next secret:" + list
	}
	if state.Token.ValueString() != "" {
		text += "\n\nWith it, token becomes null: what uses token would receive null. Use encrypted_token or sealed_box_tokens instead."
	}
	return text
}

// warnOfWaitingReaders says that the secret stays as it is, and for whom the next one will be: the plan of that one shows no
// changed keys.
func (m *serviceUserTokenModel) warnOfWaitingReaders(state serviceUserTokenModel, decision tokens.Decision, diags *diag.Diagnostics) {
	why := `on_readers_changed is "keep"`
	if decision.Kept {
		why = fmt.Sprintf(`the token is %[1]s and on_%[1]s is "keep"`, state.Status.ValueString())
	}
	until := "only the readers of before can read this one"
	if state.Token.ValueString() != "" {
		until = "this one stays in state in clear"
	}
	diags.AddWarning(fmt.Sprintf("Token %s keeps its readers for now", quoted(state.Name.ValueString())),
		fmt.Sprintf("The changed readers wait for its next secret, because %s. A replacement that you ask for (-replace) makes that secret too. Until then %s.\n\n%s", why, until, m.nextReaders(state)))
}
