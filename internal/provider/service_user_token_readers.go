package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/readers"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// readersError is age_recipients or sealed_box_public_keys that cannot be used. Its text holds no part of a key.
type readersError struct {
	attribute string
	err       error
}

func (e readersError) Error() string {
	var key *readers.KeyError
	switch {
	case errors.As(e.err, &key) && key.Label != "":
		return fmt.Sprintf("The key %s of %s cannot be used: %v", quoted(key.Label), e.attribute, key.Err)
	case errors.As(e.err, &key):
		return fmt.Sprintf("A key in %s cannot be used: %v", e.attribute, key.Err)
	}
	return fmt.Sprintf("The attribute %s cannot be used: %v", e.attribute, e.err)
}

// Unwrap returns what is wrong.
func (e readersError) Unwrap() error { return e.err }

// The errors of a list of keys as a whole.
var (
	errNoKeys  = errors.New("it is empty, and a secret that nobody can read is of no use")
	errNullKey = errors.New("it holds null")
	errNoLabel = errors.New("one of its labels is empty")
)

const (
	ageRecipientsAttribute = "age_recipients"
	boxKeysAttribute       = "sealed_box_public_keys"
)

// readers are those who are to read the secret. Keys that are not known yet are left out.
func (m *serviceUserTokenModel) readers() (who readers.Readers, err error) {
	if m.AgeRecipients.IsNull() && m.SealedBoxPublicKeys.IsNull() {
		return who, nil
	}
	recipients := make(map[string]attr.Value, len(m.AgeRecipients.Elements()))
	for i, recipient := range m.AgeRecipients.Elements() {
		recipients[fmt.Sprint(i)] = recipient
	}
	ageKeys, err := knownKeys(m.AgeRecipients, recipients)
	if err != nil {
		return who, readersError{ageRecipientsAttribute, err}
	}
	boxKeys, err := knownKeys(m.SealedBoxPublicKeys, m.SealedBoxPublicKeys.Elements())
	if err != nil {
		return who, readersError{boxKeysAttribute, err}
	}
	who, err = readers.New(slices.Collect(maps.Values(ageKeys)), boxKeys)
	var key *readers.KeyError
	switch {
	case errors.As(err, &key) && key.Label != "":
		err = readersError{boxKeysAttribute, err}
	case err != nil:
		err = readersError{ageRecipientsAttribute, err}
	}
	return who, err
}

// knownKeys are the texts of a set or map that are known, by label.
func knownKeys(whole attr.Value, elements map[string]attr.Value) (map[string]string, error) {
	if whole.IsNull() || whole.IsUnknown() {
		return nil, nil
	}
	if len(elements) == 0 {
		return nil, errNoKeys
	}
	keys := make(map[string]string, len(elements))
	for label, element := range elements {
		text := element.(types.String)
		switch {
		case text.IsNull():
			return nil, errNullKey
		case strings.TrimSpace(label) == "":
			return nil, errNoLabel
		case !text.IsUnknown():
			keys[label] = text.ValueString()
		}
	}
	return keys, nil
}

// validateReaders refuses keys that cannot be used. The error names no attribute of Terraform's: Terraform would print the
// line of the configuration, and with it a private key that somebody has pasted.
func (m *serviceUserTokenModel) validateReaders(diags *diag.Diagnostics) {
	if _, err := m.readers(); err != nil {
		diags.AddError("Invalid readers", explain(err, ""))
	}
}

func adviceOnReaders(err error) string {
	switch {
	case errors.Is(err, readers.ErrPrivateKey):
		return "Write the public key. A private key that has been in a configuration is no longer private: make a new pair."
	case errors.Is(err, readers.ErrMixed):
		return "Write post-quantum recipients (age1pq1…) only, or none: the secret would be as weak as the weakest of them."
	case errors.Is(err, readers.ErrTooMany):
		return "Nobody could read the secret. Write fewer recipients, or one recipient whose private key the readers share."
	case errors.Is(err, readers.ErrPlugin):
		return "Write an age recipient (age1… or age1pq1…) or an SSH public key (ssh-ed25519 or ssh-rsa)."
	case errors.Is(err, errNoKeys), errors.Is(err, errNullKey), errors.Is(err, errNoLabel):
		return "Write the public keys of those who are to read the secret, or remove the attribute to keep the secret readable in state."
	case errors.Is(err, readers.ErrBoxKey), errors.Is(err, readers.ErrWeak):
		return "Copy the public key again, as its owner gives it. For GitHub, it is the attribute key of github_actions_public_key."
	}
	return "Write one public key for each element, as its owner gives it: age1…, or one line of a .pub file."
}

// hasSecret reports whether state holds a secret, in clear or encrypted.
func (m *serviceUserTokenModel) hasSecret() bool {
	return m.Token.ValueString() != "" || m.EncryptedToken.ValueString() != "" || len(m.SealedBoxTokens.Elements()) > 0
}

// hasReaders reports whether the secret is to be encrypted, as far as that is known.
func (m *serviceUserTokenModel) hasReaders() (has, known bool) {
	for _, keys := range []attr.Value{m.AgeRecipients, m.SealedBoxPublicKeys} {
		if !keys.IsNull() && !keys.IsUnknown() {
			return true, true
		}
	}
	return false, !m.AgeRecipients.IsUnknown() && !m.SealedBoxPublicKeys.IsUnknown()
}

// plannedSecret is what a plan says of a secret that will be made: which of the three attributes will hold it.
func (m *serviceUserTokenModel) plannedSecret() map[string]attr.Value {
	values := map[string]attr.Value{
		"token": types.StringUnknown(), "encrypted_token": types.StringUnknown(), "sealed_box_tokens": types.MapUnknown(types.StringType),
	}
	if has, known := m.hasReaders(); has && known {
		values["token"] = types.StringNull()
	}
	if m.AgeRecipients.IsNull() {
		values["encrypted_token"] = types.StringNull()
	}
	if m.SealedBoxPublicKeys.IsNull() {
		values["sealed_box_tokens"] = types.MapNull(types.StringType)
	}
	return values
}

// errUnencrypted is a secret that the API has made and that could not be encrypted. The token is in state without it.
var errUnencrypted = errors.New("the new secret could not be encrypted, so nobody has it")

// unencryptedError is errUnencrypted after a regenerate. The token was revoked again, unless cleanupErr is set.
type unencryptedError struct{ err, cleanupErr error }

func (e unencryptedError) Error() string { return e.err.Error() }

// Unwrap returns what happened.
func (e unencryptedError) Unwrap() error { return e.err }

func adviceOnUnencrypted(err error) string {
	var regenerated unencryptedError
	switch {
	case !errors.As(err, &regenerated):
		return "The token is in state without its secret. Terraform has marked it as tainted: the next apply replaces it."
	case regenerated.cleanupErr != nil:
		return "The token may be active (revoking it failed: " + regenerated.cleanupErr.Error() + "). Run again: it is regenerated once more."
	}
	return "The token is revoked. It is safe to run again: it is regenerated once more."
}

// keepSecret fills in the secret: in clear if there are no readers, encrypted otherwise. A zero secret becomes null, and so
// does one that cannot be encrypted, which is errUnencrypted.
func (m *serviceUserTokenModel) keepSecret(made secret.String, who readers.Readers, random io.Reader) error {
	m.Token, m.EncryptedToken, m.SealedBoxTokens = types.StringNull(), types.StringNull(), types.MapNull(types.StringType)
	if who.IsZero() {
		m.Token = textOrNull(made.Reveal())
		return nil
	}
	encrypted, err := who.Encrypt(made, random)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnencrypted, err)
	}
	m.EncryptedToken = textOrNull(encrypted.Age)
	if encrypted.Boxes != nil {
		boxes := make(map[string]attr.Value, len(encrypted.Boxes))
		for label, sealed := range encrypted.Boxes {
			boxes[label] = types.StringValue(sealed)
		}
		m.SealedBoxTokens = types.MapValueMust(types.StringType, boxes)
	}
	return nil
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// readersOf compares keys by their fingerprints: the comment of an SSH key is none of the key's. Keys in state that cannot
// be read count as others.
func readersOf[V attr.Value](plan, state V, fingerprints func(V) (map[string]string, error)) tokens.Readers {
	if plan.Equal(state) {
		return tokens.SameReaders
	}
	if value, err := plan.ToTerraformValue(context.Background()); err != nil || !value.IsFullyKnown() {
		return tokens.UnknownReaders
	}
	wanted, err := fingerprints(plan)
	held, heldErr := fingerprints(state)
	if cmp.Or(err, heldErr) == nil && maps.Equal(wanted, held) {
		return tokens.SameReaders
	}
	return tokens.OtherReaders
}

func ageFingerprints(recipients types.Set) (map[string]string, error) {
	who, err := (&serviceUserTokenModel{AgeRecipients: recipients}).readers()
	fingerprints := map[string]string{}
	for _, fingerprint := range who.AgeFingerprints() {
		fingerprints[fingerprint] = fingerprint
	}
	return fingerprints, err
}

func boxFingerprints(keys types.Map) (map[string]string, error) {
	who, err := (&serviceUserTokenModel{SealedBoxPublicKeys: keys}).readers()
	return who.BoxFingerprints(), err
}

// warnOfReaders says who will be able to read a new secret, if they are others than those of the last.
func (m *serviceUserTokenModel) warnOfReaders(state serviceUserTokenModel, diags *diag.Diagnostics) {
	who, err := m.readers()
	if err != nil || !m.planned(state).OtherReaders() {
		return
	}
	summary := fmt.Sprintf("Token %s will have other readers", quoted(state.Name.ValueString()))
	if who.IsZero() {
		diags.AddWarning(summary, "Its new secret will be in state in clear: everybody who can read the state can read it.")
		return
	}
	keys := who.AgeFingerprints()
	for _, label := range slices.Sorted(maps.Keys(who.BoxFingerprints())) {
		keys = append(keys, fmt.Sprintf("%s (%s)", who.BoxFingerprints()[label], quoted(label)))
	}
	text := "Only who has the private key of one of these can read its new secret:\n  - " + strings.Join(keys, "\n  - ")
	if state.Token.ValueString() != "" {
		text += "\n\ntoken becomes null: what uses it now would receive null. Use encrypted_token or sealed_box_tokens instead."
	}
	diags.AddWarning(summary, text)
}

// warnOfWaitingReaders says that on_readers_changed keeps the secret, and with it its readers.
func warnOfWaitingReaders(state serviceUserTokenModel, diags *diag.Diagnostics) {
	until := "Until then only the readers of before can read this one."
	if state.Token.ValueString() != "" {
		until = "Until then this one stays in state in clear."
	}
	diags.AddWarning(fmt.Sprintf("Token %s keeps its readers for now", quoted(state.Name.ValueString())),
		"on_readers_changed is \"keep\", so the changed keys wait for its next secret. "+until)
}

func isReadersError(err error) bool {
	var e readersError
	return errors.As(err, &e)
}
