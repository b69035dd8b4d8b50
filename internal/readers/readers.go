// Package readers encrypts a secret to the public keys of those who may read it.
package readers

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/crypto/nacl/box"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// Readers are those who can read a secret. The zero value is nobody: such a secret is not to be encrypted.
type Readers struct {
	age   map[string]age.Recipient // by fingerprint
	boxes map[string]boxKey        // by label
}

// Encrypted is a secret as its readers get it. The zero value is "no secret".
type Encrypted struct {
	// Age is an armored age file; empty without age recipients.
	Age string
	// Boxes are sealed boxes in base64, by label; nil without sealed box keys.
	Boxes map[string]string
}

// New returns the readers with these age recipients and these sealed box keys, of which each has a label. It fails with a
// KeyError for a key that cannot be used, and with ErrMixed or ErrTooMany for keys that cannot be used together. No error
// holds any part of a key: people paste private ones.
//
// It encrypts a dummy to all of them and reads the file's header. So whatever a library refuses, it refuses here and not when
// there is a secret.
func New(ageRecipients []string, sealedBoxKeys map[string]string) (Readers, error) {
	r := Readers{age: map[string]age.Recipient{}, boxes: map[string]boxKey{}}
	for _, text := range ageRecipients {
		recipient, fingerprint, err := parseAgeRecipient(text)
		if err != nil {
			return Readers{}, &KeyError{Err: err}
		}
		r.age[fingerprint] = recipient
	}
	for _, label := range slices.Sorted(maps.Keys(sealedBoxKeys)) {
		key, err := parseBoxKey(sealedBoxKeys[label])
		if err != nil {
			return Readers{}, &KeyError{Label: label, Err: err}
		}
		r.boxes[label] = key
	}
	if err := r.tryAge(); err != nil {
		return Readers{}, err
	}
	return r, nil
}

// tryAge encrypts a dummy to all age recipients, and reads the header of the file as those will who decrypt it.
func (r Readers) tryAge() error {
	if len(r.age) == 0 {
		return nil
	}
	file, err := r.encryptAge(dummy)
	if err != nil {
		for _, recipient := range r.age {
			if err := tryRecipient(recipient); err != nil {
				return &KeyError{Err: err}
			}
		}
		return ErrMixed // each of them can be encrypted to by itself
	}
	if _, err := age.ExtractHeader(armor.NewReader(strings.NewReader(file))); err != nil {
		return ErrTooMany
	}
	return nil
}

// dummy is what a key has to encrypt before there is a secret.
var dummy = secret.New("dummy")

// ErrMixed is a set of age recipients of which some are post-quantum and some are not. age refuses it: the file would be as
// weak as the weakest.
var ErrMixed = errors.New("post-quantum age recipients cannot be mixed with others")

// ErrTooMany is a set of age recipients that age can encrypt to, but whose file it then refuses to read: it reads headers of
// at most 1,024 recipients and 2 MiB.
var ErrTooMany = errors.New("it has more recipients than age can read: the limits are 1,024 recipients and 2 MiB for the file's header")

// KeyError is a key that cannot be used.
type KeyError struct {
	// Label is that of a sealed box key; empty for an age recipient.
	Label string
	// Err is ErrPrivateKey or another error of this package. It holds no part of the key.
	Err error
}

func (e *KeyError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong with the key.
func (e *KeyError) Unwrap() error { return e.Err }

// IsZero reports whether there are no readers.
func (r Readers) IsZero() bool { return len(r.age)+len(r.boxes) == 0 }

// AgeFingerprints are the fingerprints of the age recipients, sorted.
func (r Readers) AgeFingerprints() []string { return slices.Sorted(maps.Keys(r.age)) }

// BoxFingerprints are the fingerprints of the sealed box keys, by label.
func (r Readers) BoxFingerprints() map[string]string {
	fingerprints := make(map[string]string, len(r.boxes))
	for label, key := range r.boxes {
		fingerprints[label] = fingerprintOf(key[:])
	}
	return fingerprints
}

// Encrypt encrypts a secret to all readers; no secret gives the zero value. random is where sealed boxes take their
// randomness from; nil is the system's, which age always uses. With keys that New has accepted, only random can fail.
func (r Readers) Encrypt(s secret.String, random io.Reader) (Encrypted, error) {
	if s.IsZero() {
		return Encrypted{}, nil
	}
	var encrypted Encrypted
	var err error
	if len(r.age) > 0 {
		if encrypted.Age, err = r.encryptAge(s); err != nil {
			return Encrypted{}, err
		}
	}
	for label, key := range r.boxes {
		sealed, err := box.SealAnonymous(nil, []byte(s.Reveal()), (*[32]byte)(&key), random)
		if err != nil {
			return Encrypted{}, fmt.Errorf("sealed box: %w", err)
		}
		if encrypted.Boxes == nil {
			encrypted.Boxes = make(map[string]string, len(r.boxes))
		}
		encrypted.Boxes[label] = base64.StdEncoding.EncodeToString(sealed)
	}
	return encrypted, nil
}

// encryptAge writes an armored age file. Its errors hold no secret: age speaks of recipients only.
func (r Readers) encryptAge(s secret.String) (string, error) {
	var file bytes.Buffer
	armored := armor.NewWriter(&file)
	recipients := make([]age.Recipient, 0, len(r.age))
	for _, fingerprint := range r.AgeFingerprints() {
		recipients = append(recipients, r.age[fingerprint])
	}
	plain, err := age.Encrypt(armored, recipients...)
	if err != nil {
		return "", errNotEncrypted
	}
	_, err = io.WriteString(plain, s.Reveal())
	if err := errors.Join(err, plain.Close(), armored.Close()); err != nil {
		return "", errNotEncrypted
	}
	return file.String(), nil
}

// errNotEncrypted stands for age's own errors, which can repeat a recipient.
var errNotEncrypted = errors.New("age could not encrypt")
