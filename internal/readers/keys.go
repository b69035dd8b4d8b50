package readers

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/ssh"
)

// What can be wrong with a key. The texts end a sentence that begins with what the key is.
var (
	ErrPrivateKey = errors.New("it is a private key")
	ErrEmpty      = errors.New("it is empty")
	ErrLines      = errors.New("it has more than one line, or white space at an end")
	ErrPlugin     = errors.New("it is for an age plugin, and plugins are not supported")
	ErrSSHType    = errors.New("it is an SSH key of another type than ssh-ed25519 and ssh-rsa")
	ErrSSHKey     = errors.New("it is not a whole SSH public key: the type, the base64 of the key, and a comment if there is one")
	ErrRSASize    = errors.New("it is an RSA key that age cannot use; it needs 2048 bits or more")
	ErrAgeKey     = errors.New("it begins like an age recipient, but is not one: a character is wrong or missing")
	ErrUnknown    = errors.New("it is neither an age recipient (age1…) nor an SSH public key (ssh-ed25519 or ssh-rsa)")
	ErrBoxKey     = errors.New("it is not the base64 of 32 bytes")
	ErrWeak       = errors.New("it is a weak key: anybody could read what is encrypted to it")
)

// parseAgeRecipient reads one age recipient or SSH public key. The fingerprint is that of the key: it does not change with an
// SSH key's comment.
func parseAgeRecipient(text string) (recipient age.Recipient, fingerprint string, err error) {
	if err := checkText(text); err != nil {
		return nil, "", err
	}
	switch kind, _, _ := strings.Cut(text, " "); {
	case strings.HasPrefix(text, "age1"):
		recipient, err = parseNative(text)
		fingerprint = fingerprintOf([]byte(text))
	case kind == ssh.KeyAlgoED25519 || kind == ssh.KeyAlgoRSA:
		recipient, fingerprint, err = parseSSH(kind, text)
	case strings.HasPrefix(kind, "ssh-") || strings.HasPrefix(kind, "ecdsa-") || strings.HasPrefix(kind, "sk-"):
		err = ErrSSHType
	default:
		err = ErrUnknown
	}
	if err != nil {
		return nil, "", err
	}
	return recipient, fingerprint, nil
}

// tryRecipient encrypts a dummy to one recipient: not every key that can be read can be encrypted to.
func tryRecipient(recipient age.Recipient) error {
	_, err := (Readers{age: map[string]age.Recipient{"": recipient}}).encryptAge(dummy)
	if err == nil {
		return nil
	}
	if _, isRSA := recipient.(*agessh.RSARecipient); isRSA {
		return ErrRSASize
	}
	return ErrWeak
}

// checkText finds what no key has, and private keys.
func checkText(text string) error {
	switch {
	case text == "":
		return ErrEmpty
	case strings.Contains(strings.ToUpper(text), "AGE-SECRET-KEY-") || strings.Contains(text, "PRIVATE KEY"):
		return ErrPrivateKey
	case strings.ContainsAny(text, "\r\n") || strings.TrimSpace(text) != text:
		return ErrLines
	}
	return nil
}

// parseNative reads an age recipient. Plugins' recipients have the plugin's name between "age1" and another "1".
func parseNative(text string) (age.Recipient, error) {
	if hybrid, err := age.ParseHybridRecipient(text); err == nil && hybrid.String() == text {
		return hybrid, nil
	}
	if classic, err := age.ParseX25519Recipient(text); err == nil && classic.String() == text {
		return classic, nil
	}
	if strings.Contains(text[len("age1"):], "1") && !strings.HasPrefix(text, "age1pq1") {
		return nil, ErrPlugin
	}
	return nil, ErrAgeKey
}

// parseSSH reads an SSH public key as a .pub file has it. Options, which authorized_keys allows before the type, are none
// of a key's.
func parseSSH(kind, text string) (age.Recipient, string, error) {
	encoded, _, _ := strings.Cut(strings.TrimPrefix(text, kind+" "), " ")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, "", ErrSSHKey
	}
	key, err := ssh.ParsePublicKey(raw)
	if err != nil || key.Type() != kind || !bytes.Equal(key.Marshal(), raw) {
		return nil, "", ErrSSHKey
	}
	var recipient age.Recipient
	if kind == ssh.KeyAlgoRSA {
		recipient, err = agessh.NewRSARecipient(key)
	} else {
		recipient, err = agessh.NewEd25519Recipient(key)
	}
	switch {
	case err == nil:
		return recipient, ssh.FingerprintSHA256(key), nil
	case kind == ssh.KeyAlgoRSA:
		return nil, "", ErrRSASize
	default:
		return nil, "", ErrSSHKey
	}
}

// boxKey is the public key of a NaCl sealed box.
type boxKey [32]byte

// parseBoxKey reads the base64 of a sealed box's public key, as GitHub's API gives it. A key of low order is refused:
// SealAnonymous takes it, and the box can then be opened by anybody.
func parseBoxKey(text string) (boxKey, error) {
	if err := checkText(text); err != nil {
		return boxKey{}, err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != len(boxKey{}) || base64.StdEncoding.EncodeToString(raw) != text {
		return boxKey{}, ErrBoxKey
	}
	anyScalar := sha256.Sum256(nil)
	if _, err := curve25519.X25519(anyScalar[:], raw); err != nil {
		return boxKey{}, ErrWeak
	}
	return boxKey(raw), nil
}

// fingerprintOf is the SHA-256 of a key as ssh-keygen writes it. Of an age recipient, the key is its text; of a sealed box,
// the 32 bytes.
func fingerprintOf(key []byte) string {
	sum := sha256.Sum256(key)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
