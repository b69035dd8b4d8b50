package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// warnOfReaders warns if other people will be able to read the new secret than can read the one in state. State already holds
// the keys of readers that waited for it. So this compares the form of the secret in state with the keys, too.
func (m *serviceUserTokenModel) warnOfReaders(state serviceUserTokenModel, diags *diag.Diagnostics) {
	if m.planFrom(state).ChangesReaders() || m.knowsReaders() != nil || state.hasSecret() && !m.hasFormOf(state) {
		diags.AddWarning(fmt.Sprintf("Token %s will have other readers", quoted(state.Name.ValueString())), m.nextReaders(state))
	}
}

// hasFormOf reports whether state holds its secret in the attributes, and under the labels, that these readers need.
func (m *serviceUserTokenModel) hasFormOf(state serviceUserTokenModel) bool {
	boxKeys, boxes := m.SealedBoxPublicKeys.Elements(), state.SealedBoxTokens.Elements()
	encrypted := !m.AgeRecipients.IsNull() || len(boxKeys) > 0
	return encrypted == (state.Token.ValueString() == "") && m.AgeRecipients.IsNull() == (state.EncryptedToken.ValueString() == "") &&
		slices.Equal(slices.Sorted(maps.Keys(boxKeys)), slices.Sorted(maps.Keys(boxes)))
}

// nextReaders says who will be able to read the next secret, and what becomes of token.
func (m *serviceUserTokenModel) nextReaders(state serviceUserTokenModel) string {
	who, _ := m.readers() // validation has refused keys that cannot be used
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
		text = "Everybody with the private key of one of these can read its next secret. Other keys are known only after apply:" + list
	case len(keys) == 0:
		return "Its next secret will be in state in clear: everybody who can read the state can read it."
	default:
		text = "Only somebody with the private key of one of these can read its next secret:" + list
	}
	if state.Token.ValueString() != "" {
		text += "\n\nWith that secret, token becomes null: resources that use token would receive null. Use encrypted_token or sealed_box_tokens instead."
	}
	return text
}

// warnOfWaitingReaders warns that the secret does not change, and names the readers of the next one. The plan that makes the
// next one shows no changed keys, so this is the last time that Terraform shows them.
func (m *serviceUserTokenModel) warnOfWaitingReaders(state serviceUserTokenModel, decision tokens.Decision, diags *diag.Diagnostics) {
	why := `on_readers_changed is "keep"`
	if decision.Kept {
		why = fmt.Sprintf(`the token is %[1]s and on_%[1]s is "keep"`, state.Status.ValueString())
	}
	until := "only its present readers can read this one"
	if state.Token.ValueString() != "" {
		until = "this one stays in state in clear"
	}
	diags.AddWarning(fmt.Sprintf("Token %s keeps its readers for now", quoted(state.Name.ValueString())),
		fmt.Sprintf("The changed readers wait for its next secret, because %s. A replacement that you ask for (-replace) makes that secret too. Until then %s.\n\n%s", why, until, m.nextReaders(state)))
}
